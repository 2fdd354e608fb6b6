// The addresses of pages: `customers/{id}` with its parameters, both ways.

import type { PageLink } from "./page.ts";

export type PageParams = Readonly<Record<string, string>>;

export interface PageAt {
  readonly page: PageLink;
  readonly params: PageParams;
}

function parameterOf(step: string): string | undefined {
  return /^\{(.+)\}$/.exec(step)?.[1];
}

/** The page at an address; a word counts for more than a parameter, the further left the more. */
export function pageAt(
  pages: readonly PageLink[],
  segments: readonly string[],
): PageAt | undefined {
  let best: (PageAt & { readonly words: string }) | undefined;
  for (const page of pages) {
    const steps = page.path.split("/");
    if (steps.length !== segments.length) continue;
    const params: Record<string, string> = {};
    let words = "";
    const fits = steps.every((step, place) => {
      const segment = segments[place] ?? "";
      const name = parameterOf(step);
      words += name === undefined ? "1" : "0";
      if (name === undefined) return step === segment;
      params[name] = segment;
      return segment !== "";
    });
    if (fits && (best === undefined || words > best.words)) best = { page, params, words };
  }
  return best && { page: best.page, params: best.params };
}

/** The address of a page, below that of its application. */
export function pathOf(page: PageLink, params: PageParams = {}): string {
  return page.path
    .split("/")
    .map((step) => {
      const name = parameterOf(step);
      return encodeURIComponent(name === undefined ? step : (params[name] ?? ""));
    })
    .join("/");
}

/** The page that is about one entity of a type, and nothing else. */
export function detailPage(
  pages: readonly PageLink[],
  entityType: string | undefined,
): PageLink | undefined {
  return pages.find(
    ({ parameters = [] }) => parameters.length === 1 && parameters[0]?.entity_type === entityType,
  );
}

/** Where an entity has a page of its own: the path of that page. */
export function detailPath(
  pages: readonly PageLink[],
  entityType: string | undefined,
  id: string,
): string | undefined {
  const page = entityType === undefined ? undefined : detailPage(pages, entityType);
  const name = page?.parameters?.[0]?.name;
  return page && name ? pathOf(page, { [name]: id }) : undefined;
}
