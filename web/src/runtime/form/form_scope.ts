// What a button inside a form acts on: the form's entity and what was entered.

import { createContext, useContext } from "react";
import type { Entity } from "../../model/entity.ts";
import type { JsonObject } from "../../model/json.ts";

export type FormScope = () => { readonly entity?: Entity; readonly form?: JsonObject };

const FormScopeContext = createContext<FormScope | undefined>(undefined);

export const FormScopeProvider = FormScopeContext.Provider;

export function useFormScope(): FormScope | undefined {
  return useContext(FormScopeContext);
}
