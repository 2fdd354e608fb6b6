// The grid: the entities of a type as rows, loaded, sorted and filtered by the server.
//
// Rows and focus stay while the next answer is on its way; only rows in view are
// in the page, of a hundred thousand as of ten; changes of others show as they come.

import { Alert, Title } from "@mantine/core";
import { useElementSize, useId } from "@mantine/hooks";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { explain } from "../../api/refusal_text.ts";
import { displayName, type Entity } from "../../model/entity.ts";
import { downloadPath, isFiltered, scopeOf } from "../../model/grid.ts";
import { linker, withLinkProperties } from "../../model/grid_links.ts";
import type { Component, DataGridProps, EventHandler } from "../../model/page.ts";
import { actionsFor } from "../../model/page.ts";
import { useActions } from "../actions.ts";
import { useEntityType, useMayWrite } from "../definitions.ts";
import { useHost } from "../host.tsx";
import { useTransport } from "../transport_context.tsx";
import { CompactTools } from "./compact_tools.tsx";
import classes from "./grid.module.css";
import { GridFoot } from "./grid_foot.tsx";
import { GridHead } from "./grid_head.tsx";
import { GridNotice } from "./grid_notice.tsx";
import { actionsWidth, GridRow } from "./grid_row.tsx";
import { GridTools } from "./grid_tools.tsx";
import { columnTemplate, leastWidth, useGridView } from "./grid_view.ts";
import { LateLinkDialog } from "./late_link.tsx";
import { LateSelectionBar } from "./late_selection.tsx";
import { LateViews } from "./late_views.tsx";
import { SelectBox } from "./select_box.tsx";
import { useCells } from "./use_cells.ts";
import { useDeletion } from "./use_deletion.ts";
import { useLinks } from "./use_links.ts";
import { useSelection } from "./use_selection.ts";
import { useVirtualRows } from "./use_virtual_rows.ts";

export interface DataGridComponentProps extends DataGridProps {
  readonly id?: string;
  readonly events?: readonly EventHandler[];
  /** Rows of the page's raster that it takes, which bounds its height. */
  readonly height?: number;
  /** As wide as the page, it may also be as high as the window. */
  readonly isWide?: boolean;
}

/** Of one raster row, in rem. */
const RASTER_REM = 4.5;
/** What stands around a grid that fills the window: header, title, a line of buttons, foot. */
const AROUND_REM = 17.5;
/** As wide as this, columns that do not fit scroll sideways; narrower, rows turn into cards. */
const WIDE_PX = 600;

export function DataGrid({
  id = "grid",
  events,
  height = 8,
  isWide = false,
  ...props
}: DataGridComponentProps) {
  const { t } = useTranslation();
  const host = useHost();
  const run = useActions();
  const mayWrite = useMayWrite();
  const titleId = useId();
  const { ref: sizeRef, width } = useElementSize();
  const type = useEntityType(props.entityType);
  const remove = useDeletion(props.entityType);

  const canEdit = mayWrite && props.editing !== false;
  const canUnlink = mayWrite && props.linked !== undefined && props.deleting !== false;
  const canDelete = mayWrite && props.linked === undefined && props.deleting !== false;
  const hasTools = mayWrite && (props.adding === true || props.linked !== undefined);
  const links = useLinks(props.entityType, props.linked, type.data);
  const [linking, setLinking] = useState<{ readonly entity?: Entity | undefined }>();
  const canLink = hasTools && (links.way?.properties ?? []).length > 0;
  const rowActions = props.rowActions ?? [];
  const { addressOf } = useTransport();
  const room = actionsWidth(
    rowActions,
    Number(canEdit) + Number(canLink) + Number(canDelete || canUnlink),
  );
  const shownType = useMemo(
    () => withLinkProperties(type.data, props.linked),
    [type.data, props.linked],
  );
  const view = useGridView(props, shownType, room > 0);
  const { columns, state } = view;
  const least = leastWidth(columns, room);
  const isCompact = width > 0 && width < Math.min(least, WIDE_PX);
  const isPaged = props.pagination === true;
  const list = useVirtualRows(view, {
    entityType: props.entityType,
    preset: props.filters,
    isPaged,
    isCompact,
  });
  const { rows } = list;
  const withLink = useMemo(() => linker(rows.links), [rows.links]);
  const selection = useSelection(rows.shown, scopeOf(view.query));
  const canSelect = !isCompact && props.selecting !== false && (canEdit || canDelete);
  const boxes = canSelect ? selection : undefined;
  const isAllChosen = rows.shown.length > 0 && rows.shown.every(selection.has);

  const component: Component = { type: "DataGrid", id, props, events: events ?? [] };
  const { onRefresh } = host;
  const { reload } = rows;
  useEffect(() => onRefresh(id, reload), [onRefresh, id, reload]);

  const nameOf = (row: Entity) => displayName(row, type.data);
  const edit = (row: Entity) =>
    host.openModal({
      modalId: props.formId ?? type.data?.formId ?? `${props.entityType}_form`,
      entity: row,
      fallbackType: props.entityType,
    });
  const clicks = actionsFor(component, "rowClick");
  const click =
    clicks.length > 0
      ? (row: Entity) => void run(clicks, { componentId: id, entity: row })
      : canEdit
        ? edit
        : undefined;
  const canEditCells = canEdit && props.inlineEditing !== false && !isCompact;
  const cells = useCells(columns, { canEdit: canEditCells, onOpen: click, focus: list.focus });
  const error = type.error ?? rows.error;
  const label = props.title ?? type.data?.plural ?? type.data?.name ?? props.entityType;

  return (
    <section
      ref={sizeRef}
      id={id}
      className={classes["grid"]}
      aria-label={label}
      {...(isCompact ? { "data-compact": true } : {})}
    >
      {(props.title || isCompact || hasTools) && (
        <div className={classes["top"]}>
          {props.title && (
            <Title order={2} size="h4" id={titleId} className={classes["title"] ?? ""}>
              {props.title}
            </Title>
          )}
          {isCompact && <CompactTools view={view} />}
          {hasTools && (
            <GridTools
              grid={props}
              type={type.data}
              links={links}
              onLink={(entity) => setLinking({ entity })}
            />
          )}
        </div>
      )}
      {canSelect && type.data && selection.rows.size > 0 && (
        <div className={classes["top"]}>
          <LateSelectionBar
            selection={selection}
            type={type.data}
            canChange={canEdit}
            canDelete={canDelete}
          />
        </div>
      )}
      {linking && type.data && (
        <LateLinkDialog
          type={type.data}
          links={links}
          entity={linking.entity}
          carried={linking.entity && rows.links[linking.entity.id]}
          onClose={() => setLinking(undefined)}
        />
      )}
      <div
        className={classes["progress"]}
        {...(rows.isLoading && !rows.isPending ? { "data-active": true } : {})}
      />
      {error && rows.total > 0 && (
        <Alert color="yellow" variant="light" radius={0} role="status" p="xs">
          {explain(error, t)} {t("grid.stale")}
        </Alert>
      )}
      <div
        ref={list.scrollerRef}
        className={classes["scroller"]}
        style={{ "--grid-height": heightOf(height, isWide) } as React.CSSProperties}
      >
        <div
          role="grid"
          aria-label={label}
          aria-rowcount={rows.totalIsCapped ? -1 : rows.total + list.headRows}
          aria-colcount={columns.length + Number(room > 0) + Number(canSelect)}
          {...(canSelect ? { "aria-multiselectable": true } : {})}
          aria-busy={rows.isLoading}
          className={classes["table"]}
          style={
            {
              "--grid-columns": columnTemplate(columns, room, canSelect),
              "--grid-least": `${least}px`,
            } as React.CSSProperties
          }
        >
          <GridHead
            view={view}
            isCompact={isCompact}
            selectAll={
              boxes && (
                <SelectBox
                  label={t("grid.selectAll")}
                  isChecked={isAllChosen || (boxes.rows.size > 0 ? undefined : false)}
                  tabIndex={0}
                  onToggle={() => boxes.toggleAll(rows.shown)}
                />
              )
            }
          />
          <div role="rowgroup" className={classes["body"]} style={{ height: list.height }}>
            {list.items.map(({ row, index, offset, rowIndex }) => (
              <GridRow
                key={row.id}
                row={withLink(row)}
                entityType={props.entityType}
                name={nameOf(row)}
                index={index}
                rowIndex={rowIndex}
                offset={offset}
                columns={columns}
                included={rows.included}
                isCompact={isCompact}
                isActive={index === list.active}
                isMarked={list.marked.has(row.id)}
                actions={rowActions}
                cells={cells}
                isClickable={click !== undefined}
                onAction={(action, entity) =>
                  void run([action.action], { componentId: id, entity })
                }
                onEdit={canEdit ? edit : undefined}
                onLink={canLink ? () => setLinking({ entity: row }) : undefined}
                onUnlink={
                  canUnlink ? (entity) => void links.unlink(entity, nameOf(entity)) : undefined
                }
                onDelete={canDelete ? (entity) => void remove(entity, nameOf(entity)) : undefined}
                isSelected={selection.has(row)}
                onSelect={boxes?.toggle}
                onFocus={list.setActive}
                onKeyDown={(event, at) =>
                  cells.onKeyDown(event, row, at) ||
                  list.onKeyDown(event, at, {
                    onOpen: click ? () => click(row) : undefined,
                    onDelete: canDelete ? () => void remove(row, nameOf(row)) : undefined,
                    onSelect: boxes && ((extend) => boxes.toggle(row, extend)),
                    onExtend: boxes && ((to) => boxes.extend(row, to)),
                    onSelectAll: boxes && (() => boxes.toggleAll(rows.shown)),
                  })
                }
                measure={isCompact ? list.measure : undefined}
              />
            ))}
          </div>
        </div>
        <GridNotice
          rows={rows}
          error={error}
          isFiltered={isFiltered(state)}
          emptyText={props.emptyText}
          onRetry={() => {
            void type.refetch();
            rows.reload();
          }}
          onClearFilters={view.clearFilters}
        />
      </div>
      {!rows.isPending && !(error && rows.total === 0) && (
        <GridFoot
          total={rows.total}
          totalIsCapped={rows.totalIsCapped}
          tools={
            props.views !== false && type.data && <LateViews id={id} view={view} type={shownType} />
          }
          download={
            view.query && props.download !== false && !props.linked
              ? addressOf(
                  downloadPath(
                    view.query,
                    columns.map(({ field }) => field),
                  ),
                )
              : undefined
          }
          paging={
            isPaged
              ? { page: state.page, limit: view.query?.limit ?? 1, goTo: view.goTo }
              : undefined
          }
        />
      )}
    </section>
  );
}

function heightOf(rasterRows: number, isWide: boolean): string {
  const own = `${rasterRows * RASTER_REM}rem`;
  return isWide ? `max(${own}, calc(100dvh - ${AROUND_REM}rem))` : own;
}
