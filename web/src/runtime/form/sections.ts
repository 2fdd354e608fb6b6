// The fields of a form in the order of its sections.

import type { FormDefinition, FormField, FormSection } from "../../model/form.ts";

export interface FieldsOfSection {
  /** Nothing for the fields that stand before every section. */
  readonly section: FormSection | undefined;
  readonly fields: readonly FormField[];
}

/** A section none of whose fields shows is left out. */
export function sectionsOf(
  definition: FormDefinition,
  fields: readonly FormField[],
): readonly FieldsOfSection[] {
  const sections = definition.sections ?? [];
  const known = new Set(sections.map(({ id }) => id));
  const loose = fields.filter(({ section }) => !section || !known.has(section));
  return [
    { section: undefined, fields: loose },
    ...sections.map((section) => ({
      section,
      fields: fields.filter((field) => field.section === section.id),
    })),
  ].filter((one) => one.fields.length > 0);
}
