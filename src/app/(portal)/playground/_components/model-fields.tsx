"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import Link from "next/link";
import { providerName } from "@/components/format/provider";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/fields/field";
import { Select } from "@/components/ui/fields/select";
import { formatCompact } from "@/shared/format/count";
import { formatMoney } from "@/shared/format/money";
import { readFailure } from "../../../_client/failure";
import type { Outputs } from "../../../_client/trpc";
import { type DraftColumn, MAX_MODELS, nextId } from "../_lib/draft/draft";
import { quoteLabels } from "../_lib/quote-labels";
import type { ColumnQuote } from "../_lib/use-quotes";

type ModelList = Outputs["models"]["list"];
export type Model = ModelList["data"][number];

interface ModelFieldsProps {
  models: Pick<UseQueryResult<ModelList, unknown>, "data" | "error">;
  columns: DraftColumn[];
  quotes: ColumnQuote[];
  onChange: (columns: DraftColumn[]) => void;
  onMaxTokens: (maxTokens: number) => void;
}

/** The models to call, up to four, each with what the draft would need of it. */
export function ModelFields({ models, columns, quotes, onChange, onMaxTokens }: ModelFieldsProps) {
  const all = models.data?.data ?? [];
  const list = [
    ...all.filter(({ deprecated }) => !deprecated),
    ...all.filter(({ deprecated }) => deprecated),
  ];
  const add = () => {
    const on = list.filter(({ available }) => available);
    const free = on.find(({ id }) => !columns.some(({ model }) => model === id)) ?? on[0] ?? list[0];
    if (free) onChange([...columns, { id: nextId(columns), model: free.id }]);
  };
  return (
    <div className="grid gap-4">
      {columns.map((column, index) => (
        <ModelField
          key={column.id}
          label={columns.length === 1 ? "Model" : `Model ${index + 1}`}
          list={list}
          failure={models.error ? readFailure(models.error).message : undefined}
          value={column.model}
          quote={quotes[index]}
          onChange={(model) =>
            onChange(columns.map((one) => (one.id === column.id ? { ...one, model } : one)))
          }
          onRemove={
            columns.length === 1 ? undefined : () => onChange(columns.filter(({ id }) => id !== column.id))
          }
          onMaxTokens={onMaxTokens}
        />
      ))}
      {columns.length < MAX_MODELS && (
        <Button
          variant="ghost"
          size="sm"
          className="-ml-3 justify-self-start text-muted"
          disabled={list.length === 0}
          onClick={add}
        >
          <Plus aria-hidden="true" />
          Compare with another model
        </Button>
      )}
    </div>
  );
}

interface ModelFieldProps {
  label: string;
  list: Model[];
  failure: string | undefined;
  value: string;
  quote: ColumnQuote | undefined;
  onChange: (id: string) => void;
  onRemove: (() => void) | undefined;
  onMaxTokens: (maxTokens: number) => void;
}

function ModelField({
  label,
  list,
  failure,
  value,
  quote,
  onChange,
  onRemove,
  onMaxTokens,
}: ModelFieldProps) {
  const providers = [...new Set(list.map(({ provider }) => provider))];
  const model = list.find(({ id }) => id === value);
  return (
    <Field
      label={label}
      error={failure}
      aside={
        onRemove && (
          <button
            type="button"
            onClick={onRemove}
            aria-label={`Remove ${value}`}
            className="flex size-6 items-center justify-center rounded-md text-muted hover:bg-sunken hover:text-ink"
          >
            <X className="size-4" aria-hidden="true" />
          </button>
        )
      }
      hint={
        <>
          {model && (
            <span className="block">
              {formatCompact(model.context_window)} context ·{" "}
              {formatMoney(model.input_price_per_million_micros)} in and{" "}
              {formatMoney(model.output_price_per_million_micros)} out per million
            </span>
          )}
          {model?.notice && <span className="mt-0.5 block text-attention">{model.notice}</span>}
          <QuoteLine quote={quote} onMaxTokens={onMaxTokens} />
        </>
      }
    >
      {(control) => (
        <Select {...control} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
          {!model && <option value={value}>{value}</option>}
          {providers.map((provider) => (
            <optgroup key={provider} label={providerName(provider)}>
              {list
                .filter((entry) => entry.provider === provider)
                .map(({ id, available }) => (
                  <option key={id} value={id} disabled={!available}>
                    {available ? id : `${id} (turned off)`}
                  </option>
                ))}
            </optgroup>
          ))}
        </Select>
      )}
    </Field>
  );
}

/** Keeps its line while there is nothing to say, so that nothing moves when there is. */
function QuoteLine({
  quote: column,
  onMaxTokens,
}: {
  quote: ColumnQuote | undefined;
  onMaxTokens: (maxTokens: number) => void;
}) {
  if (column?.error) {
    return <span className="mt-0.5 block text-danger">{readFailure(column.error).message}</span>;
  }
  if (!column?.quote) return <span className="mt-0.5 block">&nbsp;</span>;
  const { line, problem, fittingMaxTokens } = quoteLabels(column.quote);
  return (
    <span className="mt-0.5 block" aria-busy={column.stale}>
      <span className="num block">{line}</span>
      {problem && (
        <span className="mt-1 block text-danger">
          Doesn’t fit. {problem.text}{" "}
          <Link href="/billing" className="underline underline-offset-2">
            {problem.advice}
          </Link>
          {fittingMaxTokens !== undefined && (
            <Button
              variant="secondary"
              size="sm"
              className="mt-2 flex"
              onClick={() => onMaxTokens(fittingMaxTokens)}
            >
              Set max tokens to {fittingMaxTokens.toLocaleString("en-US")}
            </Button>
          )}
        </span>
      )}
    </span>
  );
}
