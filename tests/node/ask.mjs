// One call of OpenAI's library: {address, key, options, method, arguments} on standard input, what came of it as JSON.
import { readFileSync } from "node:fs";
import OpenAI from "openai";

const asked = JSON.parse(readFileSync(0, "utf8"));
const client = new OpenAI({ baseURL: asked.address, apiKey: asked.key, ...asked.options });
const calls = {
  generate: () => client.images.generate(...asked.arguments),
  models: async () => ({ ids: (await client.models.list()).data.map((model) => model.id) }),
};
try {
  console.log(JSON.stringify({ answer: await calls[asked.method]() }));
} catch (error) {
  const header = (name) => error.headers?.get(name) ?? null;
  console.log(
    JSON.stringify({
      error: error.constructor.name,
      status: error.status ?? null,
      code: error.code ?? null,
      param: error.param ?? null,
      job: header("x-studio-job"),
      retry: header("x-should-retry"),
    }),
  );
}
