import { expect, test } from "vitest";
import type { Transport } from "../../api/transport.ts";
import { freeName, makeApplication, type Progress } from "./make_application.ts";

function server(deploys: readonly object[]): { transport: Transport; asked: string[] } {
  const asked: string[] = [];
  const left = [...deploys];
  const transport = {
    call: async (method: string) => {
      asked.push(method);
      if (method === "deployApplication" || method === "getDeployment") return left.shift();
      return { id: "m1", slug: "issues", path: "/app/issues" };
    },
  } as unknown as Transport;
  return { transport, asked };
}

const wish = { template: "issue_tracker", name: "Issues", sampleData: true };

test("an application is made step by step, and a deploy tells how far it is", async () => {
  const { transport, asked } = server([
    { deploymentId: "d", state: "running", done: 1, steps: 3 },
    { deploymentId: "d", state: "succeeded", done: 3, steps: 3 },
  ]);
  const told: Progress[] = [];
  const made = await makeApplication(transport, wish, (progress) => told.push(progress));
  expect(made.slug).toBe("issues");
  expect(asked).toEqual([
    "createModel",
    "publishModel",
    "createApplication",
    "deployApplication",
    "getDeployment",
    "loadSampleData",
  ]);
  expect(told).toContainEqual({ step: "deploy", done: 1, steps: 3 });
  expect(told.at(-1)).toEqual({ step: "done" });
});

test("a deploy that was taken back says why, and no sample data follows", async () => {
  const { transport, asked } = server([
    { deploymentId: "d", state: "undone", error: { message: "37 rows lack it" } },
  ]);
  const making = makeApplication(transport, wish, () => undefined);
  await expect(making).rejects.toThrow("37 rows lack it");
  expect(asked).not.toContain("loadSampleData");
});

test("a name that a model has already gets a number", () => {
  expect(freeName("Issues", [])).toBe("Issues");
  expect(freeName("Issues", ["Issues", "Issues 2"])).toBe("Issues 3");
});
