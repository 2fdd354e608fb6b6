// Choosing an entity that a Reference points to: found on the server while one types.
//
// The list pages by cursor as it is scrolled, so that a million entities are as good
// as ten; what is typed is looked for in the property that names an entity, which
// its trigram index serves (`searchable` in the model).

import { CloseButton, Combobox, Input, InputBase, Loader, useCombobox } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Refusal } from "../../api/refusal.ts";
import type { EntityQuery } from "../../api/wire.ts";
import { displayName, type Entity } from "../../model/entity.ts";
import "../../ui/form_styles.css";
import { explain } from "../../api/refusal_text.ts";
import { PlusIcon } from "../../ui/icons.tsx";
import { useEntityType } from "../definitions.ts";
import { entityQuery } from "../entities.ts";
import { besideRows } from "../rows.ts";
import { useTransport } from "../transport_context.tsx";
import classes from "./reference_select.module.css";

const PAGE = 30;
const PAUSE_MS = 200;
/** Nearer to the list's end than this, the next page is fetched. */
const NEAR_PX = 120;
/** Chosen from the list like an entity, but no id. */
const CREATE = "create";

export interface ReferenceSelectProps {
  readonly id?: string;
  readonly target: string;
  readonly value: string;
  readonly onChange: (id: string, entity: Entity | undefined) => void;
  readonly label?: ReactNode;
  readonly ariaLabel?: string;
  readonly placeholder?: string;
  readonly description?: ReactNode;
  readonly error?: ReactNode;
  readonly size?: "xs" | "sm";
  readonly isRequired?: boolean;
  readonly isReadOnly?: boolean;
  readonly isAutoFocused?: boolean;
  /** Makes a new entity, starting from what was typed; the list offers it. */
  readonly onCreate?: (typed: string) => void;
}

export function ReferenceSelect(props: ReferenceSelectProps) {
  const { target, value, onChange, onCreate } = props;
  const { t } = useTranslation();
  const transport = useTransport();
  const type = useEntityType(target).data;
  // Nothing typed: the name of what is chosen is shown.
  const [typed, setTyped] = useState<string>();
  const [search] = useDebouncedValue(typed?.trim() ?? "", PAUSE_MS);
  const combobox = useCombobox({
    onDropdownClose: () => {
      combobox.resetSelectedOption();
      setTyped(undefined);
    },
  });

  const chosen = useQuery<Entity, Refusal>({
    ...entityQuery(transport, { entityType: target, id: value }),
    enabled: value !== "",
  });
  const isGone = chosen.error?.code === "not_found";
  const found = useOffered(target, type?.displayProperty ?? undefined, search, {
    isWanted: type !== undefined && combobox.dropdownOpened,
  });
  const offered = found.data?.pages.flatMap(({ data }) => data) ?? [];

  const choose = (option: string) => {
    combobox.closeDropdown();
    if (option === CREATE) onCreate?.(typed?.trim() ?? "");
    else
      onChange(
        option,
        offered.find(({ id }) => id === option),
      );
  };
  const more = () => {
    if (found.hasNextPage && !found.isFetching) void found.fetchNextPage();
  };
  const name = chosen.data ? displayName(chosen.data, type) : isGone ? t("form.referenceGone") : "";
  const isReadOnly = props.isReadOnly ?? false;
  const canCreate = onCreate !== undefined && !isReadOnly;
  const hasOptions = offered.length > 0 || canCreate;
  const canClear = value !== "" && !props.isRequired && !isReadOnly;

  return (
    <Combobox store={combobox} onOptionSubmit={choose} shadow="md">
      <Combobox.Target withExpandedAttribute>
        <InputBase
          {...(props.id ? { id: props.id } : {})}
          label={props.label}
          aria-label={props.ariaLabel}
          description={props.description}
          error={props.error}
          size={props.size ?? "sm"}
          placeholder={props.placeholder ?? t("form.searchReference")}
          required={props.isRequired ?? false}
          readOnly={isReadOnly}
          autoComplete="off"
          role="combobox"
          {...(props.isAutoFocused ? { "data-autofocus": true } : {})}
          value={typed ?? name}
          rightSectionPointerEvents={canClear ? "all" : "none"}
          rightSection={
            chosen.isFetching && chosen.data === undefined ? (
              <Loader size={16} />
            ) : canClear ? (
              <CloseButton
                size="sm"
                tabIndex={-1}
                aria-label={t("form.clear")}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => {
                  setTyped(undefined);
                  onChange("", undefined);
                }}
              />
            ) : isReadOnly ? null : (
              <Combobox.Chevron />
            )
          }
          onChange={(event) => {
            const text = event.currentTarget.value;
            setTyped(text);
            // Everything deleted means none, at once: what others save meanwhile must not pass for it.
            if (text.trim() === "" && canClear) onChange("", undefined);
            combobox.openDropdown();
            combobox.updateSelectedOptionIndex();
          }}
          onClick={() => {
            if (!isReadOnly) combobox.openDropdown();
          }}
          onFocus={(event) => event.currentTarget.select()}
          onBlur={() => {
            // What was typed and not chosen is forgotten.
            combobox.closeDropdown();
          }}
          onKeyDown={(event: KeyboardEvent) => {
            if (isReadOnly) return;
            if (event.key === "ArrowDown" && isAtEnd(combobox, offered.length)) more();
          }}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={isReadOnly}>
        {hasOptions && (
          <Combobox.Options
            className={classes["options"] ?? ""}
            onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
              if (scrollHeight - scrollTop - clientHeight < NEAR_PX) more();
            }}
          >
            {offered.map((entity) => (
              <Combobox.Option key={entity.id} value={entity.id} active={entity.id === value}>
                {displayName(entity, type)}
              </Combobox.Option>
            ))}
            {canCreate && (
              <Combobox.Option value={CREATE} className={classes["create"] ?? ""}>
                <PlusIcon size={14} />
                <span>
                  {typed?.trim()
                    ? t("form.createNamed", { name: typed.trim() })
                    : t("form.createNew", { type: type?.name ?? target })}
                </span>
              </Combobox.Option>
            )}
          </Combobox.Options>
        )}
        {(found.error || offered.length === 0) && (
          <Combobox.Empty role={found.error ? "alert" : "status"}>
            {found.error
              ? explain(found.error, t)
              : found.isFetching
                ? t("form.searching")
                : t("form.nothingFound")}
          </Combobox.Empty>
        )}
      </Combobox.Dropdown>
      {isGone && !props.error && <Input.Error mt={4}>{t("form.referenceGoneHint")}</Input.Error>}
    </Combobox>
  );
}

function isAtEnd(combobox: ReturnType<typeof useCombobox>, count: number): boolean {
  return combobox.getSelectedOptionIndex() >= count - 2;
}

/** What can be chosen, by name, page after page. */
function useOffered(
  target: string,
  display: string | undefined,
  search: string,
  { isWanted }: { readonly isWanted: boolean },
) {
  const transport = useTransport();
  return useInfiniteQuery({
    queryKey: besideRows(target, "offered", search),
    queryFn: ({ signal, pageParam }): Promise<EntityQuery> =>
      transport.call(
        "queryEntities",
        {
          entityType: target,
          limit: PAGE,
          ...(display ? { sort: [{ field: display, order: "asc" as const }] } : {}),
          ...(display && search ? { filters: { [display]: { contains: search } } } : {}),
          ...(pageParam === undefined ? {} : { cursor: pageParam }),
        },
        { signal },
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    enabled: isWanted,
    placeholderData: keepPreviousData,
  });
}
