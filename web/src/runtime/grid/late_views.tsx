// The button of a grid's columns and views; what it opens comes after the first paint.

import { UnstyledButton } from "@mantine/core";
import { lazy, Suspense, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { EntityTypeDescription } from "../../model/entity.ts";
import classes from "./grid.module.css";
import type { GridView } from "./grid_view.ts";

const Chooser = lazy(async () => ({ default: (await import("../late_parts.ts")).ColumnChooser }));

export function LateViews(props: {
  readonly view: GridView;
  readonly type: EntityTypeDescription | undefined;
}) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <>
      <UnstyledButton ref={button} className={classes["link"] ?? ""} onClick={() => setOpen(true)}>
        {t("grid.columnsButton")}
      </UnstyledButton>
      {isOpen && (
        <Suspense fallback={null}>
          <Chooser
            {...props}
            onClose={() => {
              setOpen(false);
              button.current?.focus();
            }}
          />
        </Suspense>
      )}
    </>
  );
}
