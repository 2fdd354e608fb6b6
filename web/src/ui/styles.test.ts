import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string) => readFileSync(path, "utf8");

test("every Mantine component in use brings its styles", () => {
  const sources = readdirSync("src", { recursive: true, encoding: "utf8" });
  const components = sources.filter((path) => path.endsWith(".tsx"));
  const used = components.flatMap((path) =>
    [...read(`src/${path}`).matchAll(/import \{([^}]*)\} from "@mantine\/core"/g)].flatMap(
      ([, names]) => (names ?? "").split(",").map((name) => name.trim().replace(/^type /, "")),
    ),
  );
  const imported = read("src/ui/styles.css") + read("src/ui/form_styles.css");
  const missing = [...new Set(used)].filter(
    (name) =>
      existsSync(`node_modules/@mantine/core/styles/${name}.css`) &&
      !imported.includes(`/styles/${name}.layer.css`),
  );
  expect(missing).toEqual([]);
});
