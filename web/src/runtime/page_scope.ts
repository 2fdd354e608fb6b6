// What bindings on a page lead to: its parameters, and the entities they are ids of.

import { createContext, useContext } from "react";
import { type BindingScope, UNBOUND } from "../model/binding.ts";

const PageScopeContext = createContext<BindingScope>(UNBOUND);

export const PageScopeProvider = PageScopeContext.Provider;

export function usePageScope(): BindingScope {
  return useContext(PageScopeContext);
}
