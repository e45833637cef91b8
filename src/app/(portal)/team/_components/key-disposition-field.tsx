import { ChoiceCard } from "@/components/ui/fields/choice-card";
import type { Inputs } from "../../../_client/trpc";

export type KeyDisposition = NonNullable<Inputs["team"]["changeRole"]["keys"]>;

const choices: Record<KeyDisposition, { title: string; meaning: string }> = {
  narrow: { title: "Narrow them", meaning: "They can do only what the new role can do." },
  end: { title: "Revoke them", meaning: "Requests with them will be refused. This can’t be undone." },
  keep: { title: "Keep them under my responsibility", meaning: "They keep working and count as yours." },
};

interface KeyDispositionFieldProps<Disposition extends KeyDisposition> {
  legend: string;
  offered: readonly Disposition[];
  value: Disposition;
  onChange: (disposition: Disposition) => void;
}

/** What happens to the keys a member created, chosen when their role changes or ends. */
export function KeyDispositionField<Disposition extends KeyDisposition>({
  legend,
  offered,
  value,
  onChange,
}: KeyDispositionFieldProps<Disposition>) {
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1.5 font-medium">{legend}</legend>
      {offered.map((disposition) => (
        <ChoiceCard
          key={disposition}
          name="key-disposition"
          title={choices[disposition].title}
          checked={value === disposition}
          onChoose={() => onChange(disposition)}
        >
          {choices[disposition].meaning}
        </ChoiceCard>
      ))}
    </fieldset>
  );
}

export const countKeys = (keys: number) => (keys === 1 ? "1 key" : `${keys} keys`);
