import { ChoiceCard } from "@/components/ui/choice-card";
import type { Inputs } from "../../../_client/trpc";

export type KeyDisposition = NonNullable<Inputs["team"]["changeRole"]["keys"]>;

const fates: Record<KeyDisposition, { title: string; meaning: string }> = {
  narrow: { title: "Narrow them", meaning: "They can do only what the new role can do." },
  end: { title: "Revoke them", meaning: "Requests with them will be refused. This can’t be undone." },
  keep: { title: "Keep them under my responsibility", meaning: "They keep working and count as yours." },
};

interface KeyDispositionFieldProps<Fate extends KeyDisposition> {
  legend: string;
  offered: readonly Fate[];
  value: Fate;
  onChange: (fate: Fate) => void;
}

/** What becomes of keys that a member made, decided by whoever changes or ends their role. */
export function KeyDispositionField<Fate extends KeyDisposition>({
  legend,
  offered,
  value,
  onChange,
}: KeyDispositionFieldProps<Fate>) {
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1.5 font-medium">{legend}</legend>
      {offered.map((fate) => (
        <ChoiceCard
          key={fate}
          name="key-fate"
          title={fates[fate].title}
          checked={value === fate}
          onChoose={() => onChange(fate)}
        >
          {fates[fate].meaning}
        </ChoiceCard>
      ))}
    </fieldset>
  );
}

export const countKeys = (keys: number) => (keys === 1 ? "1 key" : `${keys} keys`);
