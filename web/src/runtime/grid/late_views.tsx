// The buttons of a grid's columns and views; what they open comes after the first paint.

import { UnstyledButton } from "@mantine/core";
import { lazy, Suspense, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { EntityTypeDescription } from "../../model/entity.ts";
import classes from "./grid.module.css";
import type { GridView } from "./grid_view.ts";

const load = () => import("../late_parts.ts");
const Chooser = lazy(async () => ({ default: (await load()).ColumnChooser }));
const Menu = lazy(async () => ({ default: (await load()).ViewMenu }));

export interface LateViewsProps {
  /** The grid's own id in its page. */
  readonly id: string;
  readonly view: GridView;
  readonly type: EntityTypeDescription | undefined;
}

export function LateViews({ id, view, type }: LateViewsProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<"columns" | "views">();
  const columns = useRef<HTMLButtonElement>(null);
  const views = useRef<HTMLButtonElement>(null);
  const close = () => {
    setOpen(undefined);
    (open === "columns" ? columns : views).current?.focus();
  };
  return (
    <>
      <span className={classes["anchor"]}>
        <UnstyledButton
          ref={views}
          className={classes["link"] ?? ""}
          aria-haspopup="menu"
          aria-expanded={open === "views"}
          onClick={() => setOpen("views")}
        >
          {view.state.view ?? t("grid.viewsButton")}
        </UnstyledButton>
        {open === "views" && (
          <Suspense fallback={null}>
            <Menu gridId={id} view={view} onClose={close} />
          </Suspense>
        )}
      </span>
      <UnstyledButton
        ref={columns}
        className={classes["link"] ?? ""}
        onClick={() => setOpen("columns")}
      >
        {t("grid.columnsButton")}
      </UnstyledButton>
      {open === "columns" && (
        <Suspense fallback={null}>
          <Chooser view={view} type={type} onClose={close} />
        </Suspense>
      )}
    </>
  );
}
