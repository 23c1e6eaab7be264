// The unmodified openai client against the binary: only its base URL is changed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import OpenAI from 'openai';
import { chunk, completion, json, sse, startUpstream, startWeir } from './weir.mjs';

const tools = [{
  type: 'function',
  function: {
    name: 'get_weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
}];
const toolCall = { id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Paris"}' } };

let upstream, weir, client;
let answer;

before(async () => {
  upstream = await startUpstream((request, response) => answer(request, response));
  weir = await startWeir(`
providers:
  local: {api: openai, base_url: "${upstream.url}", keys: ["\${UPSTREAM_KEY}"], retries: 0}
models:
  small: {provider: local, upstream: small-1, price: {input: 0.1, output: 0.2}}
  large: {provider: local, upstream: large-1, price: {input: 1, output: 2}}
  embed: {provider: local, capabilities: [embeddings], price: {input: 0.02, output: 0}}
fallbacks: {small: [large]}
routes:
  auto: {tiers: {simple: small, complex: large}, baseline: large}
`, { UPSTREAM_KEY: 'sk-upstream-canary' });
  client = new OpenAI({ baseURL: weir.baseURL, apiKey: 'sk-client-canary', maxRetries: 0 });
});

after(async () => {
  upstream.stop();
  assert.equal(await weir.stop(), 0);
  assert.ok(!weir.output().includes('canary'), 'no key is ever printed');
});

const hello = [{ role: 'user', content: 'What is a weir?' }];

test('chat: routed to the cheap model, with our key and the client\'s body', async () => {
  answer = (request, response) => json(response, 200, completion(request.body.model, { content: 'A low wall.' }));
  const { data, response } = await client.chat.completions
    .create({ model: 'auto', messages: hello, temperature: 0.3, vendor_field: { a: [1, null] } }).withResponse();
  assert.equal(data.choices[0].message.content, 'A low wall.');
  const seen = upstream.requests.at(-1);
  assert.equal(seen.headers.authorization, 'Bearer sk-upstream-canary');
  assert.deepEqual(seen.body, { model: 'small-1', messages: hello, temperature: 0.3, vendor_field: { a: [1, null] } });
  assert.equal(response.headers.get('x-weir-model'), 'local/small');
  assert.equal(response.headers.get('x-weir-tier'), 'simple');
  assert.equal(response.headers.get('x-weir-cost-usd'), '0.000002');
});

test('unknown answer fields come back', async () => {
  answer = (request, response) => json(response, 200,
    completion('m', { content: 'x', reasoning_content: 'thought' }, { vendor: { deep: true } }));
  const reply = await client.chat.completions.create({ model: 'auto', messages: hello });
  assert.equal(reply.choices[0].message.reasoning_content, 'thought');
  assert.deepEqual(reply.vendor, { deep: true });
});

test('stream: text arrives, usage is asked upstream and hidden', async () => {
  answer = (request, response) => {
    sse(response, [chunk({ role: 'assistant', content: '' }), chunk({ content: 'A ' }), chunk({ content: 'wall' }),
      chunk({}, 'stop'), { ...chunk({}), choices: [], usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } }]);
    response.end('data: [DONE]\n\n');
  };
  const stream = await client.chat.completions.create({ model: 'auto', messages: hello, stream: true });
  let text = '';
  let last;
  for await (const part of stream) {
    assert.ok(!('usage' in part), 'usage was not asked for');
    text += part.choices[0].delta.content ?? '';
    last = part;
  }
  assert.equal(text, 'A wall');
  assert.equal(last.choices[0].finish_reason, 'stop');
  assert.equal(upstream.requests.at(-1).body.stream_options.include_usage, true);
});

test('stream: usage reaches a client that asks', async () => {
  const stream = await client.chat.completions.create(
    { model: 'auto', messages: hello, stream: true, stream_options: { include_usage: true } });
  let usage;
  for await (const part of stream) usage = part.usage ?? usage;
  assert.equal(usage.total_tokens, 5);
});

test('tools: plain and streamed calls are byte-equal', async () => {
  answer = (request, response) => {
    assert.deepEqual(request.body.tools, tools);
    json(response, 200, completion('m', { content: null, tool_calls: [toolCall] }));
  };
  const reply = await client.chat.completions.create({ model: 'auto', messages: hello, tools });
  assert.deepEqual(reply.choices[0].message.tool_calls, [toolCall]);

  answer = (request, response) => {
    sse(response, [
      chunk({ role: 'assistant', content: null, tool_calls: [{ index: 0, ...toolCall, function: { name: 'get_weather', arguments: '' } }] }),
      ...[...toolCall.function.arguments].map((c) => chunk({ tool_calls: [{ index: 0, function: { arguments: c } }] })),
      chunk({}, 'tool_calls')]);
    response.end('data: [DONE]\n\n');
  };
  const runner = client.chat.completions.stream({ model: 'auto', messages: hello, tools });
  const message = await runner.finalMessage();
  assert.equal(message.tool_calls[0].function.arguments, toolCall.function.arguments);
});

test('vision parts go through unchanged', async () => {
  const messages = [{
    role: 'user',
    content: [{ type: 'text', text: 'What is this?' }, { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }],
  }];
  answer = (request, response) => json(response, 200, completion('m', { content: 'A dot.' }));
  await client.chat.completions.create({ model: 'auto', messages });
  assert.deepEqual(upstream.requests.at(-1).body.messages, messages);
});

test('a failing model falls back, invisibly', async () => {
  answer = (request, response) => request.body.model === 'small-1'
    ? json(response, 503, { error: { message: 'busy', type: 'x' } })
    : json(response, 200, completion('m', { content: 'from large' }));
  const { data, response } = await client.chat.completions.create({ model: 'auto', messages: hello }).withResponse();
  assert.equal(data.choices[0].message.content, 'from large');
  assert.equal(response.headers.get('x-weir-model'), 'local/large');
  assert.equal(response.headers.get('x-weir-fallback'), 'upstream_status');
});

test('errors are the client\'s own typed errors', async () => {
  await assert.rejects(client.chat.completions.create({ model: 'smal', messages: hello }), (error) => {
    assert.ok(error instanceof OpenAI.NotFoundError);
    assert.equal(error.code, 'model_not_found');
    assert.match(error.message, /small/);
    return true;
  });
  await assert.rejects(client.chat.completions.create({ model: 'auto', messages: [] }), OpenAI.BadRequestError);
  answer = (request, response) => json(response, 400, { error: { message: 'bad temperature', type: 'invalid_request_error', param: 'temperature', code: 'oops' } });
  await assert.rejects(client.chat.completions.create({ model: 'auto', messages: hello, temperature: 9 }), (error) => {
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.equal(error.code, 'oops');
    return true;
  });
  answer = (request, response) => json(response, 429, { error: { message: 'slow down' } }, { 'retry-after': '1' });
  await assert.rejects(client.chat.completions.create({ model: 'large', messages: hello }), OpenAI.RateLimitError);
});

test('abort closes the upstream', async () => {
  answer = (request, response) => sse(response, [chunk({ content: 'a' })]);
  const controller = new AbortController();
  const pinned = { model: 'small', messages: hello, stream: true };
  const stream = await client.chat.completions.create(pinned, { signal: controller.signal });
  for await (const part of stream) {
    assert.equal(part.choices[0].delta.content, 'a');
    controller.abort();
    break;
  }
  await upstream.requests.at(-1).closed;
});

test('models: list and one', async () => {
  const ids = [];
  for await (const model of client.models.list()) ids.push(model.id);
  assert.deepEqual(ids, ['auto', 'small', 'large', 'embed']);
  assert.equal((await client.models.retrieve('auto')).owned_by, 'weir');
  await assert.rejects(client.models.retrieve('nope'), OpenAI.NotFoundError);
});

test('embeddings keep their model', async () => {
  const vector = Buffer.from(new Float32Array([0.5, -0.5]).buffer).toString('base64');
  answer = (request, response) => json(response, 200, {
    object: 'list', model: request.body.model, data: [{ object: 'embedding', index: 0, embedding: vector }],
    usage: { prompt_tokens: 2, total_tokens: 2 },
  });
  const reply = await client.embeddings.create({ model: 'embed', input: 'weir' });
  assert.deepEqual(reply.data[0].embedding, [0.5, -0.5]);
  assert.equal(upstream.requests.at(-1).path, '/v1/embeddings');
});

test('legacy completions', async () => {
  answer = (request, response) => json(response, 200, {
    id: 'cmpl-1', object: 'text_completion', created: 1, model: 'm',
    choices: [{ text: 'wall', index: 0, logprobs: null, finish_reason: 'stop' }],
    usage: { prompt_tokens: 2, completion_tokens: 1, total_tokens: 3 },
  });
  const reply = await client.completions.create({ model: 'small', prompt: 'A weir is a' });
  assert.equal(reply.choices[0].text, 'wall');
});

test('the admin plane knows what happened', async () => {
  const ask = (path) => fetch(weir.adminURL + path, { headers: { authorization: `Bearer ${weir.adminKey}` } });
  assert.equal((await fetch(weir.adminURL + '/metrics')).status, 401);
  const metrics = await (await ask('/metrics')).text();
  assert.match(metrics, /weir_requests_total\{[^}]*model="local\/small"[^}]*\} \d+/);
  // Rows reach the store a moment after the answer.
  const seen = { fallback: 'upstream_status', outcome: 'client_gone' };
  let missing = Object.keys(seen);
  for (let tries = 0; tries < 250 && missing.length > 0; ++tries) {
    const { decisions } = await (await ask('/api/decisions?limit=100')).json();
    missing = missing.filter((name) => !decisions.some((row) => row[name] === seen[name]));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.deepEqual(missing, []);
});
