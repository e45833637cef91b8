"use client";

import { Field } from "@/components/ui/fields/field";
import { Input } from "@/components/ui/fields/input";
import { Select } from "@/components/ui/fields/select";
import type { Draft } from "../_lib/draft/draft";
import { schemaTemplates } from "../_lib/draft/templates";
import type { DraftErrors } from "../_lib/draft/to-body";
import { JsonEditor } from "./json-editor";

interface SchemaFieldsProps {
  draft: Draft;
  onChange: (part: Partial<Draft>) => void;
  errors: DraftErrors;
}

/** The schema that an answer must fit. */
export default function SchemaFields({ draft, onChange, errors }: SchemaFieldsProps) {
  return (
    <fieldset className="grid min-w-0 gap-4 rounded-lg border p-4">
      <legend className="sr-only">Schema of the answer</legend>
      <Field label="Schema name" error={errors.schemaName}>
        {(control) => (
          <Input
            {...control}
            spellCheck={false}
            autoComplete="off"
            className="font-mono sm:text-[13px]"
            value={draft.schemaName}
            onChange={(event) => onChange({ schemaName: event.currentTarget.value })}
          />
        )}
      </Field>
      <JsonEditor
        label="Schema"
        value={draft.schema}
        problem={errors.schema}
        onChange={(schema) => onChange({ schema })}
      />
      <div className="flex flex-wrap items-center justify-between gap-3">
        <label className="flex cursor-pointer items-center gap-2">
          <input
            type="checkbox"
            className="size-4 shrink-0 accent-accent"
            checked={draft.schemaStrict}
            onChange={(event) => onChange({ schemaStrict: event.currentTarget.checked })}
          />
          Strict
        </label>
        <Select
          aria-label="Start from a template"
          className="w-auto max-w-52"
          value=""
          onChange={(event) => {
            const template = schemaTemplates.find(({ label }) => label === event.currentTarget.value);
            if (template)
              onChange({ schemaName: template.name, schema: template.schema, schemaStrict: true });
          }}
        >
          <option value="">From a template</option>
          {schemaTemplates.map(({ label }) => (
            <option key={label} value={label}>
              {label}
            </option>
          ))}
        </Select>
      </div>
    </fieldset>
  );
}
