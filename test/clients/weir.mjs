// Starts the real binary on free ports with a config and a scripted upstream; stops both.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';

const binary = process.env.WEIR_BINARY;

// An upstream that answers with `answer(request, response, body)` and records what it was asked.
export async function startUpstream(answer) {
  const requests = [];
  const server = http.createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const text = Buffer.concat(parts).toString();
    const seen = { path: request.url, headers: request.headers, body: text ? JSON.parse(text) : null };
    seen.closed = once(response, 'close');
    requests.push(seen);
    answer(seen, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    requests,
    url: `http://127.0.0.1:${server.address().port}/v1`,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

// `config` is the YAML after data_dir.
export async function startWeir(config, env = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-client-'));
  const data = path.join(folder, 'data');
  const file = path.join(folder, 'weir.yaml');
  fs.writeFileSync(file, `data_dir: ${data}\n${config}`);
  const child = spawn(binary, ['serve', '--config', file, '--port', '0', '--admin-port', '0'], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (bytes) => (output += bytes));
  child.stderr.on('data', (bytes) => (output += bytes));
  const ports = await readPorts(path.join(data, 'ports.json'), child, () => output);
  return {
    baseURL: `http://127.0.0.1:${ports.data}/v1`,
    adminURL: `http://127.0.0.1:${ports.admin}`,
    adminKey: fs.readFileSync(path.join(data, 'admin.key'), 'utf8').trim(),
    output: () => output,
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
      fs.rmSync(folder, { recursive: true });
      return child.exitCode;
    },
  };
}

async function readPorts(file, child, output) {
  for (let tries = 0; tries < 500; ++tries) {
    if (child.exitCode !== null) break;
    if (fs.existsSync(file)) return JSON.parse(fs.readFileSync(file, 'utf8'));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`weir did not start:\n${output()}`);
}

export function json(response, status, body, headers = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

export function completion(model, message, more = {}) {
  return {
    id: 'chatcmpl-1', object: 'chat.completion', created: 1, model,
    choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
    ...more,
  };
}

export function chunk(delta, finish = null) {
  return {
    id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm',
    choices: [{ index: 0, delta, finish_reason: finish }],
  };
}

export function sse(response, events) {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of events) response.write(`data: ${JSON.stringify(event)}\n\n`);
}
