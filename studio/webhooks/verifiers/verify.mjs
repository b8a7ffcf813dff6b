import { createHmac, timingSafeEqual } from "node:crypto";

// `secret` is the whsec_ text, `headers` have names in lower case, `body` is a Buffer of what came, byte for byte.
export function verify(secret, headers, body) {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const sentAt = headers["webhook-timestamp"];
  if (!(Math.abs(Date.now() / 1000 - Number(sentAt)) <= 300)) return false;
  const expected = createHmac("sha256", key).update(`${headers["webhook-id"]}.${sentAt}.`).update(body).digest("base64");
  return headers["webhook-signature"].split(" ").some((given) => same(given, `v1,${expected}`));
}

// The scheme of Apiframe: X-Webhook-Signature. It holds no time: remember the ids you have handled.
export function verifyVendor(secret, headers, body) {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const expected = createHmac("sha256", key).update(body).digest("hex");
  return same(headers["x-webhook-signature"], `sha256=${expected}`);
}

function same(given, expected) {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
