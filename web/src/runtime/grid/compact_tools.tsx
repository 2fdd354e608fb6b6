// Sorting and filtering where there is no room for a head: on phones and in narrow columns.

import { Button, Group, NativeSelect } from "@mantine/core";
import { useDisclosure, useId } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import { isEmpty } from "../../model/grid.ts";
import { FilterIcon } from "../../ui/icons.tsx";
import { ColumnFilterInput } from "./column_filter.tsx";
import classes from "./grid.module.css";
import type { GridView } from "./grid_view.ts";

export function CompactTools({ view }: { readonly view: GridView }) {
  const { t } = useTranslation();
  const [isOpen, { toggle }] = useDisclosure(false);
  const filtersId = useId();
  const { columns, state } = view;
  const sortable = columns.filter((column) => column.isSortable);
  const filterable = columns.filter((column) => column.isFilterable);
  const count = Object.values(state.filters).filter((filter) => !isEmpty(filter)).length;
  if (sortable.length === 0 && filterable.length === 0) return null;

  const choices = sortable.flatMap(({ field, title }) => [
    { value: `${field} asc`, label: t("grid.ascending", { column: title }) },
    { value: `${field} desc`, label: t("grid.descending", { column: title }) },
  ]);
  return (
    <div className={classes["tools"]}>
      <Group gap="xs" wrap="nowrap">
        {sortable.length > 0 && (
          <NativeSelect
            flex={1}
            aria-label={t("grid.sortBy")}
            value={state.sort ? `${state.sort.field} ${state.sort.order}` : ""}
            data={[{ value: "", label: t("grid.sortDefault") }, ...choices]}
            onChange={(event) => {
              const [field, order] = event.currentTarget.value.split(" ");
              view.setSort(field ? { field, order: order === "desc" ? "desc" : "asc" } : undefined);
            }}
          />
        )}
        {filterable.length > 0 && (
          <Button
            variant="default"
            flex="none"
            leftSection={<FilterIcon size={16} />}
            aria-expanded={isOpen}
            aria-controls={filtersId}
            onClick={toggle}
          >
            {count > 0 ? t("grid.filtersActive", { count }) : t("grid.filters")}
          </Button>
        )}
      </Group>
      {isOpen && (
        <div id={filtersId} className={classes["tools"]}>
          {filterable.map(
            ({ field, title, property }) =>
              property && (
                <ColumnFilterInput
                  key={`${field} ${view.filterGeneration}`}
                  property={property}
                  title={title}
                  showTitle
                  filter={state.filters[field]}
                  onChange={(filter) => view.filterBy(field, filter)}
                />
              ),
          )}
        </div>
      )}
    </div>
  );
}
