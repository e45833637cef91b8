"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import { formatCompact } from "@/components/format/count";
import { formatMoney } from "@/components/format/money";
import { providerName } from "@/components/format/provider";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { readFailure } from "../../client/failure";
import type { Outputs } from "../../client/trpc";

type ModelList = Outputs["models"]["list"];

interface ModelFieldProps {
  models: Pick<UseQueryResult<ModelList, unknown>, "data" | "error">;
  value: string;
  onChange: (id: string) => void;
}

export function ModelField({ models, value, onChange }: ModelFieldProps) {
  const all = models.data?.data ?? [];
  const list = [
    ...all.filter(({ deprecated }) => !deprecated),
    ...all.filter(({ deprecated }) => deprecated),
  ];
  const providers = [...new Set(list.map(({ provider }) => provider))];
  const model = list.find(({ id }) => id === value);
  const hint = model && (
    <>
      {formatCompact(model.context_window)} context · {formatMoney(model.input_price_per_million_micros)} in
      and {formatMoney(model.output_price_per_million_micros)} out per million tokens
      {model.notice && <span className="mt-0.5 block text-attention">{model.notice}</span>}
    </>
  );
  return (
    <Field label="Model" hint={hint} error={models.error ? readFailure(models.error).message : undefined}>
      {(control) => (
        <Select {...control} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
          {!model && <option value={value}>{value}</option>}
          {providers.map((provider) => (
            <optgroup key={provider} label={providerName(provider)}>
              {list
                .filter((entry) => entry.provider === provider)
                .map(({ id, available }) => (
                  <option key={id} value={id} disabled={!available}>
                    {available ? id : `${id} (switched off)`}
                  </option>
                ))}
            </optgroup>
          ))}
        </Select>
      )}
    </Field>
  );
}
