"use client";

import { ChevronRight } from "lucide-react";
import { useState } from "react";
import { formatCount } from "@/components/format/count";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { Textarea } from "@/components/ui/textarea";
import type { Outputs } from "../../client/trpc";
import { answerFormats, type Draft, type DraftErrors, exampleTools } from "./draft";

type Model = Outputs["models"]["list"]["data"][number];

interface ParameterFieldsProps {
  draft: Draft;
  onChange: (part: Partial<Draft>) => void;
  errors: DraftErrors;
  /** Not yet known while the catalogue loads: everything is offered, and the server has the last word. */
  model: Model | undefined;
}

export function ParameterFields({ draft, onChange, errors, model }: ParameterFieldsProps) {
  const can = model?.capabilities;
  const lacks = (able: boolean | undefined) => able === false;
  const unsupported = (able: boolean | undefined) =>
    lacks(able) ? "This model does not take it." : undefined;
  const [opened, setOpened] = useState(false);
  const hidesError = Object.keys(errors).some((field) => field !== "messages");
  return (
    <details
      className="group"
      open={opened || hidesError}
      onToggle={(event) => setOpened(event.currentTarget.open)}
    >
      <summary className="flex w-fit list-none items-center gap-1 rounded-md font-medium text-muted hover:text-ink [&::-webkit-details-marker]:hidden">
        <ChevronRight className="size-4 transition-transform group-open:rotate-90" aria-hidden="true" />
        Parameters, JSON and tools
      </summary>
      <div className="mt-4 grid gap-5">
        <div className="grid grid-cols-2 gap-4">
          <Field label="Max tokens" error={errors.maxTokens}>
            {(control) => (
              <Input
                {...control}
                inputMode="numeric"
                placeholder={model ? `up to ${formatCount(model.max_output_tokens)}` : ""}
                value={draft.maxTokens}
                onChange={(event) => onChange({ maxTokens: event.currentTarget.value })}
              />
            )}
          </Field>
          <Field label="Seed" error={errors.seed}>
            {(control) => (
              <Input
                {...control}
                inputMode="numeric"
                value={draft.seed}
                onChange={(event) => onChange({ seed: event.currentTarget.value })}
              />
            )}
          </Field>
          <Field label="Temperature" error={errors.temperature} hint={unsupported(can?.temperature)}>
            {(control) => (
              <Input
                {...control}
                inputMode="decimal"
                placeholder="0 to 2"
                disabled={lacks(can?.temperature) && draft.temperature === ""}
                value={draft.temperature}
                onChange={(event) => onChange({ temperature: event.currentTarget.value })}
              />
            )}
          </Field>
          <Field label="Top p" error={errors.topP} hint={unsupported(can?.temperature)}>
            {(control) => (
              <Input
                {...control}
                inputMode="decimal"
                placeholder="0 to 1"
                disabled={lacks(can?.temperature) && draft.topP === ""}
                value={draft.topP}
                onChange={(event) => onChange({ topP: event.currentTarget.value })}
              />
            )}
          </Field>
        </div>
        <Field label="Stop" hint="One sequence a line, up to four.">
          {(control) => (
            <Textarea
              {...control}
              rows={1}
              className="min-h-10 font-mono text-[13px]"
              value={draft.stop}
              onChange={(event) => onChange({ stop: event.currentTarget.value })}
            />
          )}
        </Field>
        <Field label="Answer as">
          {(control) => (
            <Select
              {...control}
              value={draft.format}
              onChange={(event) => {
                const chosen = answerFormats.find(({ value }) => value === event.currentTarget.value);
                if (chosen) onChange({ format: chosen.value });
              }}
            >
              {answerFormats.map(({ value, label }) => (
                <option
                  key={value}
                  value={value}
                  disabled={
                    (value === "json_object" && lacks(can?.json_object)) ||
                    (value === "json_schema" && lacks(can?.json_schema))
                  }
                >
                  {label}
                </option>
              ))}
            </Select>
          )}
        </Field>
        {draft.format === "json_schema" && (
          <Field
            label="Schema"
            error={errors.schema}
            hint="Name, JSON Schema, and whether it binds strictly."
          >
            {(control) => (
              <Textarea
                {...control}
                rows={8}
                spellCheck={false}
                className="font-mono text-[13px]"
                value={draft.schema}
                onChange={(event) => onChange({ schema: event.currentTarget.value })}
              />
            )}
          </Field>
        )}
        <Field
          label="Tools"
          error={errors.tools}
          hint={unsupported(can?.tools) ?? "A JSON list of functions that the model may ask for."}
          aside={
            draft.tools === "" &&
            !lacks(can?.tools) && (
              <Button variant="link" size="inline" onClick={() => onChange({ tools: exampleTools })}>
                Insert an example
              </Button>
            )
          }
        >
          {(control) => (
            <Textarea
              {...control}
              rows={2}
              spellCheck={false}
              className="min-h-16 font-mono text-[13px]"
              placeholder="[]"
              disabled={lacks(can?.tools) && draft.tools === ""}
              value={draft.tools}
              onChange={(event) => onChange({ tools: event.currentTarget.value })}
            />
          )}
        </Field>
      </div>
    </details>
  );
}
