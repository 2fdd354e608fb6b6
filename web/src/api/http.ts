// JSON-RPC over HTTP: one request, one reply.

import { isObject } from "../model/json.ts";
import { Refusal, readRefusal } from "./refusal.ts";
import type { Method, Params, Result } from "./wire.ts";

let lastId = 0;

export async function callOverHttp<M extends Method>(
  endpoint: string,
  method: M,
  params: Params<M>,
  signal?: AbortSignal,
): Promise<Result<M>> {
  const id = ++lastId;
  let response: Response;
  try {
    response = await fetch(endpoint, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", method, params, id }),
      credentials: "same-origin",
      ...(signal ? { signal } : {}),
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new Refusal("unreachable", "the server cannot be reached");
  }
  const reply = await readReply(response);
  if ("error" in reply) throw readRefusal(reply["error"]);
  if (!("result" in reply))
    throw new Refusal("malformed", "the reply has neither result nor error");
  return reply["result"] as Result<M>;
}

async function readReply(response: Response): Promise<Record<string, unknown>> {
  const text = await response.text();
  try {
    const reply: unknown = JSON.parse(text);
    if (isObject(reply) && ("result" in reply || "error" in reply)) return reply;
    // What refuses before JSON-RPC is reached answers as problem+json.
    if (isObject(reply)) {
      return {
        error: { code: response.status, message: reply["detail"] ?? reply["title"], data: reply },
      };
    }
  } catch {
    // Not JSON: something between here and the server answered.
  }
  if (response.ok) throw new Refusal("malformed", "the reply is no JSON-RPC");
  return { error: { code: response.status, message: response.statusText } };
}
