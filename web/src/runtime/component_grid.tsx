// Components in their places: the raster of a page, a container or a modal.

import type { CSSProperties } from "react";
import { arrange } from "../model/arrange.ts";
import type { Component, LayoutType } from "../model/page.ts";
import classes from "./component_grid.module.css";
import { ComponentView } from "./component_view.tsx";

export interface ComponentGridProps {
  readonly layout: LayoutType;
  readonly components: readonly Component[];
}

export function ComponentGrid({ layout, components }: ComponentGridProps) {
  return arrange(layout, components).map((band) =>
    band.kind === "tracks" ? (
      <div
        key={keyOf(band.placed.map((one) => one.component))}
        className={`${classes["band"]} ${classes["tracks"]}`}
        {...(band.placed.some(({ component }) => hasDistance(component))
          ? { "data-own-distances": true }
          : {})}
      >
        {band.placed.map(({ component, columnStart, columnSpan, rowStart, rowSpan }) => (
          <div
            key={component.id}
            className={classes["place"]}
            {...(component.type === "Button" ? { "data-button": true } : {})}
            {...(component.type === "DataGrid" || component.type === "Container"
              ? { "data-fills": true }
              : {})}
            style={
              {
                "--column-start": columnStart,
                "--column-span": columnSpan,
                "--row-start": rowStart,
                "--row-span": rowSpan,
              } as CSSProperties
            }
          >
            <ComponentView component={component} />
          </div>
        ))}
      </div>
    ) : (
      <div
        key={keyOf(band.columns.flat())}
        className={`${classes["band"]} ${classes["columns"]}`}
        style={{ "--columns": band.columns.length } as CSSProperties}
      >
        {band.columns.map((column, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
          <div key={place} className={classes["column"]}>
            {column.map((component) => (
              <ComponentView key={component.id} component={component} />
            ))}
          </div>
        ))}
      </div>
    ),
  );
}

function hasDistance({ style }: Component): boolean {
  return style?.["marginTop"] !== undefined || style?.["marginBottom"] !== undefined;
}

/** Kept while the band keeps its first component, so that a model change keeps what is in it. */
function keyOf(components: readonly Component[]): string {
  return components[0]?.id ?? "empty";
}
