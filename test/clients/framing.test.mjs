// Node's HTTP parser (llhttp) as a second reader of what Weir accepts: whatever Weir takes for
// requests, Node must take for the same ones. Streams: the committed seeds of the fuzz targets and
// deterministic mutations of them; those of the folder WEIR_STREAMS too, when it is set (what a
// fuzz target has found: build/fuzz/found/fuzz_http_connection).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { Duplex } from 'node:stream';
import { test } from 'node:test';

const root = path.resolve(import.meta.dirname, '../..');
const tool = path.join(path.dirname(process.env.WEIR_BINARY), 'tests/frame_streams');
const mutations = 6000;

// What each stream is to Weir, by the tool built beside the tests.
function frameByWeir(streams) {
  const input = Buffer.concat(streams.flatMap((stream) => {
    const size = Buffer.alloc(4);
    size.writeUInt32LE(stream.length);
    return [size, stream];
  }));
  const run = spawnSync(tool, { input, maxBuffer: 1 << 30 });
  assert.equal(run.status, 0, `${tool}: ${run.stderr}`);
  return run.stdout.toString().trimEnd().split('\n').map((line) => JSON.parse(line));
}

const seenBy = Symbol('requests of a connection');

function startNode() {
  const server = http.createServer({ insecureHTTPParser: false, maxHeaderSize: 1 << 20 }, (request, response) => {
    const parts = [];
    const headers = request.rawHeaders.map((text, i) => (i % 2 ? text.replace(/^[ \t]+|[ \t]+$/g, '') : text));
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString('latin1');
      request.socket[seenBy].push([request.method, request.url, request.httpVersionMinor, headers, body]);
    });
    response.end();
  });
  server.maxHeadersCount = 0;
  server.on('clientError', () => {});
  return server;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

// The whole requests that Node sees, in the order of their ends.
async function frameByNode(server, stream) {
  const socket = new Duplex({ read() {}, write(bytes, encoding, done) { done(); } });
  const requests = socket[seenBy] = [];
  socket.on('error', () => {});
  server.emit('connection', socket);
  socket.push(stream);
  for (let quiet = 0, count = 0; quiet < 3; quiet = requests.length === count ? quiet + 1 : 0) {
    count = requests.length;
    await turn();
  }
  socket.destroy();
  return requests;
}

// Why Node frames the stream otherwise, or nothing. What Weir refuses is not asked about, nor what
// follows a method that Node does not know.
function difference(weir, node) {
  for (const [i, request] of weir.requests.entries()) {
    if (!http.METHODS.includes(request[0])) return null;
    if (i === node.length) return `Node sees no request ${i}`;
    try {
      assert.deepEqual(request, node[i]);
    } catch (error) {
      return `request ${i}: ${error.message}`;
    }
  }
  if (weir.end === 'waiting' && node.length > weir.requests.length) return 'Node sees a request where Weir waits for more';
  return null;
}

async function compare(streams) {
  const server = startNode();
  const framed = frameByWeir(streams);
  assert.equal(framed.length, streams.length);
  const found = [];
  for (const [i, stream] of streams.entries()) {
    const differs = difference(framed[i], await frameByNode(server, stream));
    if (differs) found.push(`${JSON.stringify(stream.toString('latin1'))}: ${differs}`);
  }
  assert.equal(found.length, 0, `${found.length} of ${streams.length} streams: ${found.slice(0, 5).join('\n\n')}`);
  return framed;
}

function readFolder(folder) {
  return fs.readdirSync(folder).sort().map((name) => fs.readFileSync(path.join(folder, name)));
}

function seeds() {
  return ['fuzz_http_connection', 'fuzz_http_request'].flatMap((name) => readFolder(path.join(root, 'fuzz/corpus', name)));
}

// Numbers from 0 to below a bound, the same in every run.
function makeRandom(state) {
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

const tokens = ['\r\n', '\n', '\r', ' ', '\t', ':', ',', ';', '"', '\0', '\x0b', '\x7f', '\xa0', '\xff', '+', '-', '0x', '_', '0', '5', 'a', 'A',
  'chunked', 'identity', ', chunked', 'Content-Length: 5\r\n', 'Content-Length: 0\r\n', 'Transfer-Encoding: chunked\r\n', 'Host: b\r\n',
  'Connection: close\r\n', '\r\nConnection: close', 'Connection: upgrade\r\nUpgrade: h2c\r\n', 'Expect: 100-continue\r\n', '\r\n\r\n', '0\r\n\r\n', '5\r\nhello\r\n',
  '0005\r\nhello\r\n', ';a=b', ';a="\r\n"', 'X: y\r\n', ' X: y\r\n', 'HTTP/1.0', 'HTTP/1.1', 'HEAD ', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}'].map((text) => Buffer.from(text, 'latin1'));

function mutate(stream, others, random) {
  let bytes = stream;
  for (let changes = 1 + random(3); changes > 0; --changes) {
    const at = random(bytes.length + 1);
    const before = bytes.subarray(0, at);
    const after = bytes.subarray(at);
    switch (random(6)) {
      case 0: bytes = Buffer.concat([before, after.subarray(1 + random(4))]); break;
      case 1: bytes = Buffer.concat([before, Buffer.of(random(256)), after.subarray(1)]); break;
      case 2: bytes = Buffer.concat([before, after.subarray(0, 1 + random(30)), after]); break;
      case 3: bytes = Buffer.concat([bytes, others[random(others.length)]]); break;
      default: bytes = Buffer.concat([before, tokens[random(tokens.length)], after.subarray(random(2))]);
    }
  }
  return bytes;
}

test('the seeds are framed alike', async () => {
  const framed = await compare(seeds());
  assert.ok(framed.filter(({ requests }) => requests.length > 1).length >= 5, 'some are of several requests');
});

test('mutations of the seeds are framed alike', async () => {
  const random = makeRandom(20261126);
  const streams = seeds().filter((stream) => stream.length < 4096);
  const mutated = Array.from({ length: mutations }, () => mutate(streams[random(streams.length)], streams, random));
  const framed = await compare(mutated);
  const accepted = framed.filter(({ requests }) => requests.length > 0).length;
  assert.ok(accepted > mutations / 5, `enough to compare: ${accepted}`);
});

test('what the fuzzer found is framed alike', { skip: process.env.WEIR_STREAMS ? false : 'WEIR_STREAMS is not set' }, async () => {
  await compare(readFolder(process.env.WEIR_STREAMS));
});
