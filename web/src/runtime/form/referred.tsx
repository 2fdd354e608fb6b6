// The entity a Reference leads to: its name, and the way to the page that is about it.

import { Anchor } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { MouseEvent } from "react";
import type { Refusal } from "../../api/refusal.ts";
import { displayName, type Entity } from "../../model/entity.ts";
import { detailPath } from "../../model/page_path.ts";
import { addressOf, navigate } from "../address.ts";
import { useEntityType, usePageList } from "../definitions.ts";
import { entityQuery } from "../entities.ts";
import { useTransport } from "../transport_context.tsx";

export function Referred({ target, id }: { readonly target: string; readonly id: string }) {
  const transport = useTransport();
  const type = useEntityType(target).data;
  const path = detailPath(usePageList().data?.pages ?? [], target, id);
  const { data } = useQuery<Entity, Refusal>(entityQuery(transport, { entityType: target, id }));
  const name = data ? displayName(data, type) : id.slice(0, 8);
  if (path === undefined) return <span>{name}</span>;
  const follow = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    void navigate(path);
  };
  return (
    <Anchor href={addressOf(path)} onClick={follow} size="sm">
      {name}
    </Anchor>
  );
}
