import { expectTypeOf, test } from "vitest";
import type { FieldType, SubmitAction } from "../model/form.ts";
import type {
  Action,
  ButtonProps,
  ComponentEvent,
  DataGridProps,
  FormProps,
  LayoutType,
  TextProps,
} from "../model/page.ts";
import type * as generated from "./generated/model.ts";

// The ground floor imports nothing, so its own types are held to the generated
// ones here: when Rust's change, this stops compiling (`npm run check`).
test("whatever a model can say, the runtime has a type for", () => {
  expectTypeOf<generated.Action>().toExtend<Action>();
  expectTypeOf<generated.EventName>().toEqualTypeOf<ComponentEvent>();
  expectTypeOf<generated.PageLayout>().toEqualTypeOf<LayoutType>();
  expectTypeOf<generated.ButtonProps>().toExtend<ButtonProps>();
  expectTypeOf<generated.TextProps>().toExtend<TextProps>();
  expectTypeOf<generated.FormProps>().toExtend<FormProps>();
  expectTypeOf<Omit<generated.DataGridProps, "filters">>().toExtend<DataGridProps>();
  expectTypeOf<generated.FormFieldType>().toEqualTypeOf<FieldType>();
  expectTypeOf<generated.FormAction>().toExtend<SubmitAction>();
});
