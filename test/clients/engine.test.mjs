// A real small LLM behind the binary, where the shared test data has one.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import OpenAI from 'openai';
import { startWeir } from './weir.mjs';

const folder = path.resolve(import.meta.dirname, '../../.tools/engine');
const skip = fs.existsSync(path.join(folder, 'node_modules')) ? false
  : 'the engine of the shared test data is absent: set WEIR_TESTDATA';
let engine, weir, client;

before(async () => {
  if (skip) return;
  const port = await startEngine();
  weir = await startWeir(`
providers:
  engine: {api: openai, base_url: "http://127.0.0.1:${port}/v1", keys: []}
models:
  stories: {provider: engine, upstream: stories260K, price: {input: 0.1, output: 0.3}, context: 512}
routes:
  auto: {model: stories}
`);
  client = new OpenAI({ baseURL: weir.baseURL, apiKey: 'unused', maxRetries: 0 });
});

// The engine cannot choose a free port itself: one is found for it.
async function startEngine() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  engine = spawn(process.execPath, ['engine-server.mjs', String(port)], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  await once(engine.stdout, 'data');
  return port;
}

after(async () => {
  if (skip) return;
  engine.kill();
  await weir.stop();
});

const story = [{ role: 'user', content: 'Once upon a time' }];

test('a real answer, counted in real tokens', { skip }, async () => {
  const { data, response } = await client.chat.completions
    .create({ model: 'auto', messages: story, max_tokens: 24, temperature: 0 }).withResponse();
  assert.ok(data.choices[0].message.content.length > 10);
  const { prompt_tokens: input, completion_tokens: output } = data.usage;
  const nano = Math.floor((input * 100 + output * 300) + 0.5);
  assert.equal(Math.round(Number(response.headers.get('x-weir-cost-usd')) * 1e9), nano);
});

test('streamed and plain text are the same', { skip }, async () => {
  const request = { model: 'auto', messages: story, max_tokens: 24, temperature: 0 };
  const plain = await client.chat.completions.create(request);
  const stream = await client.chat.completions.create({ ...request, stream: true });
  let text = '';
  for await (const part of stream) text += part.choices[0]?.delta?.content ?? '';
  assert.equal(text, plain.choices[0].message.content);
});

test('too long a prompt is the model\'s own error', { skip }, async () => {
  const long = [{ role: 'user', content: 'word '.repeat(600) }];
  await assert.rejects(client.chat.completions.create({ model: 'stories', messages: long }), (error) => {
    assert.equal(error.status, 400);
    assert.equal(error.code, 'context_length_exceeded');
    return true;
  });
});
