import { afterEach, expect, test, vi } from "vitest";
import { callOverHttp } from "./http.ts";
import { Refusal } from "./refusal.ts";

afterEach(() => vi.unstubAllGlobals());

function answering(status: number, body: string): { readonly sent: () => unknown } {
  const fetch = vi.fn(async () => new Response(body, { status }));
  vi.stubGlobal("fetch", fetch);
  return {
    sent: () =>
      JSON.parse(String((fetch.mock.calls[0] as unknown[] as [string, RequestInit])[1].body)),
  };
}

const call = () => callOverHttp("/app/todo_list/jsonrpc", "getFormDefinition", { formId: "f" });
const refused = () =>
  call().then(
    () => undefined,
    (cause: unknown) => cause as Refusal,
  );

test("a call is a JSON-RPC request, and its result comes back", async () => {
  const { sent } = answering(200, '{"jsonrpc":"2.0","id":1,"result":{"id":"f"}}');
  expect(await call()).toEqual({ id: "f" });
  expect(sent()).toMatchObject({
    jsonrpc: "2.0",
    method: "getFormDefinition",
    params: { formId: "f" },
  });
});

test("a refusal keeps its code, its fields and its facts", async () => {
  const fields = [{ field: "label", code: "required", message: "Label is required" }];
  const data = { code: "invalid", fields, current: { id: "1", version: 2 } };
  answering(200, JSON.stringify({ error: { code: 422, message: "not valid", data } }));
  const refusal = await refused();
  expect(refusal).toBeInstanceOf(Refusal);
  expect(refusal).toMatchObject({ code: "invalid", message: "not valid", fields });
  expect(refusal?.current).toEqual({ id: "1", version: 2 });
});

test.each([
  [
    503,
    '{"title":"Unavailable","detail":"the application is stopped","code":"unavailable"}',
    "unavailable",
  ],
  [401, "<html>", "unauthenticated"],
  [200, "<html>", "malformed"],
  [200, '{"jsonrpc":"2.0"}', "malformed"],
])("an answer of %i with %s is said as %s", async (status, body, code) => {
  answering(status, body);
  expect((await refused())?.code).toBe(code);
});

test("a network that fails is a passing refusal, a call given up is none", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  expect(await refused()).toMatchObject({ code: "unreachable", isPassing: true });

  const gaveUp = AbortSignal.abort();
  const failure = callOverHttp("/x", "listPages", {}, gaveUp).catch((cause: unknown) => cause);
  expect(await failure).not.toBeInstanceOf(Refusal);
});
