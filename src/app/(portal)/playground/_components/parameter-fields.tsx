"use client";

import dynamic from "next/dynamic";
import { type ReactNode, useState } from "react";
import { andList } from "@/components/format/list";
import { Field } from "@/components/ui/fields/field";
import { Input } from "@/components/ui/fields/input";
import { Select } from "@/components/ui/fields/select";
import { Textarea } from "@/components/ui/fields/textarea";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { formatCount } from "@/shared/format/count";
import { answerFormats, type Delivery, type Draft, deliveries } from "../_lib/draft/draft";
import type { DraftErrors } from "../_lib/draft/to-body";
import { Disclosure } from "./disclosure";
import type { Model } from "./model-fields";
import { ReasoningFields } from "./reasoning-fields";

const loading = () => (
  <Loading label="Loading the editor">
    <Skeleton className="h-40 rounded-lg" />
  </Loading>
);
const ToolFields = dynamic(() => import("./tool-fields"), { ssr: false, loading });
const SchemaFields = dynamic(() => import("./schema-fields"), { ssr: false, loading });

interface ParameterFieldsProps {
  draft: Draft;
  /** Whether streamed answers are kept. */
  keep: boolean;
  onChange: (part: Partial<Draft>) => void;
  errors: DraftErrors;
  /** The chosen models that the catalog has. None while it loads: then every parameter is offered, and the server decides. */
  models: Model[];
}

export function ParameterFields({ draft, keep, onChange, errors, models }: ParameterFieldsProps) {
  const [calledTools, setCalledTools] = useState(draft.tools.length > 0);
  const numbers = [draft.maxTokens, draft.temperature, draft.topP, draft.stop, draft.seed];
  const given = numbers.filter((text) => text.trim() !== "").length;
  const { maxTokens, temperature, topP, seed, stop, schema, schemaName, tools } = errors;
  const most = Math.min(...models.map(({ max_output_tokens }) => max_output_tokens));
  return (
    <div className="grid gap-3 border-t pt-4">
      <Disclosure
        title="Parameters"
        note={given === 0 ? null : `${given} set`}
        wrong={Boolean(maxTokens ?? temperature ?? topP ?? seed ?? stop)}
      >
        <div className="grid grid-cols-2 gap-4">
          <Field
            label="Max tokens"
            error={maxTokens}
            hint={Number.isFinite(most) ? `Up to ${formatCount(most)}.` : undefined}
          >
            {(control) => (
              <Input
                {...control}
                inputMode="numeric"
                value={draft.maxTokens}
                onChange={(event) => onChange({ maxTokens: event.currentTarget.value })}
              />
            )}
          </Field>
          <Field label="Seed" error={seed}>
            {(control) => (
              <Input
                {...control}
                inputMode="numeric"
                value={draft.seed}
                onChange={(event) => onChange({ seed: event.currentTarget.value })}
              />
            )}
          </Field>
          <Field label="Temperature" error={temperature} hint={lacking(models, "temperature")}>
            {(control) => (
              <Input
                {...control}
                inputMode="decimal"
                placeholder="0 to 2"
                value={draft.temperature}
                onChange={(event) => onChange({ temperature: event.currentTarget.value })}
              />
            )}
          </Field>
          <Field label="Top p" error={topP} hint={lacking(models, "temperature")}>
            {(control) => (
              <Input
                {...control}
                inputMode="decimal"
                placeholder="0 to 1"
                value={draft.topP}
                onChange={(event) => onChange({ topP: event.currentTarget.value })}
              />
            )}
          </Field>
        </div>
        <Field label="Stop sequences" hint="One per line, up to four." error={stop}>
          {(control) => (
            <Textarea
              {...control}
              rows={1}
              className="min-h-10 font-mono sm:text-[13px]"
              value={draft.stop}
              onChange={(event) => onChange({ stop: event.currentTarget.value })}
            />
          )}
        </Field>
      </Disclosure>
      <Disclosure
        title="Answer format"
        note={
          draft.format === "text"
            ? null
            : (answerFormats.find(({ value }) => value === draft.format)?.label ?? null)
        }
        wrong={Boolean(schema ?? schemaName)}
      >
        <Field label="Answer as" hint={draft.format === "text" ? undefined : lacking(models, draft.format)}>
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
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
          )}
        </Field>
        {draft.format === "json_object" && (
          <p className="text-[13px] text-muted">
            Ask for JSON in a message and describe its shape; providers require it.
          </p>
        )}
        {draft.format === "json_schema" && <SchemaFields draft={draft} onChange={onChange} errors={errors} />}
      </Disclosure>
      <Disclosure
        title="Tools"
        note={draft.tools.length === 0 ? null : String(draft.tools.length)}
        wrong={tools !== undefined}
        onOpen={() => setCalledTools(true)}
      >
        <p className="text-[13px] text-muted">
          {lacking(models, "tools") ?? "Functions the model can call. You enter what they return."}
        </p>
        {(calledTools || draft.tools.length > 0) && (
          <ToolFields draft={draft} onChange={onChange} errors={tools} />
        )}
      </Disclosure>
      <ReasoningFields draft={draft} models={models} onChange={onChange} />
      <Disclosure title="Delivery" note={draft.delivery === "stream" ? null : "Queue"} wrong={false}>
        <Field label="The answer comes" hint={deliveryHint(draft.delivery, keep)}>
          {(control) => (
            <Select
              {...control}
              value={draft.delivery}
              onChange={(event) => {
                const chosen = deliveries.find(({ value }) => value === event.currentTarget.value);
                if (chosen) onChange({ delivery: chosen.value });
              }}
            >
              {deliveries.map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </Disclosure>
    </div>
  );
}

function deliveryHint(delivery: Delivery, keep: boolean): ReactNode {
  if (delivery === "queue") {
    return (
      <>
        Over <code>POST /api/v1/inference</code>. The request is saved in the history and continues if you
        leave the page.
      </>
    );
  }
  return (
    <>
      Over <code>POST /v1/chat/completions</code>.{" "}
      {keep
        ? "Prompt and answer are saved in the history."
        : "Prompt and answer aren’t stored: they stay in this tab."}{" "}
      Leaving the page stops the answer.
    </>
  );
}

/** Which of the chosen models do not take a parameter; undefined where all do. */
function lacking(models: readonly Model[], capability: keyof Model["capabilities"]): string | undefined {
  const without = models.filter(({ capabilities }) => !capabilities[capability]).map(({ id }) => id);
  if (without.length === 0) return undefined;
  return `Not supported by ${andList([...new Set(without)])}.`;
}
