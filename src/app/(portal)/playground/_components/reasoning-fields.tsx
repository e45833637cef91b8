import { andList } from "@/components/format/list";
import { Field } from "@/components/ui/fields/field";
import { Select } from "@/components/ui/fields/select";
import { type Draft, type Effort, efforts } from "../_lib/draft/draft";
import { Disclosure } from "./disclosure";
import type { Model } from "./model-fields";

interface ReasoningFieldsProps {
  draft: Draft;
  /** None while the catalog loads. */
  models: Model[];
  onChange: (part: Partial<Draft>) => void;
}

const labels: Record<Effort, string> = {
  "": "Model’s own",
  none: "None",
  minimal: "Minimal",
  low: "Low",
  medium: "Medium",
  high: "High",
  xhigh: "Extra high",
  max: "Maximum",
};

/** How long the models may think, and whether that is shown. */
export function ReasoningFields({ draft: { effort, showThoughts }, models, onChange }: ReasoningFieldsProps) {
  const without = models.filter(({ capabilities }) => !capabilities.reasoning).map(({ id }) => id);
  const hint = without.length === 0 ? undefined : `Not supported by ${andList([...new Set(without)])}.`;
  const note = [effort === "" ? "" : labels[effort], showThoughts ? "shown" : ""].filter(Boolean).join(", ");
  return (
    <Disclosure title="Reasoning" note={note || null} wrong={false}>
      <Field label="Effort" hint={hint}>
        {(control) => (
          <Select
            {...control}
            value={effort}
            onChange={(event) => {
              const chosen = efforts.find((each) => each === event.currentTarget.value);
              if (chosen !== undefined) onChange({ effort: chosen });
            }}
          >
            {efforts.map((each) => (
              <option key={each} value={each}>
                {labels[each]}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <label className="flex cursor-pointer items-center gap-2">
        <input
          type="checkbox"
          className="size-4 shrink-0 accent-accent"
          checked={showThoughts}
          onChange={(event) => onChange({ showThoughts: event.currentTarget.checked })}
        />
        Show the model’s reasoning
      </label>
    </Disclosure>
  );
}
