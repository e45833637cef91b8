import { Select } from "@/components/ui/fields/select";

interface ChoiceFilterProps<T extends string> {
  label: string;
  /** The choice of none: "Any status". */
  anyLabel: string;
  options: readonly T[];
  nameOf: (option: T) => string;
  value: T | null;
  onChoose: (option: T | null) => void;
  className?: string;
}

/** A filter with one of a few values, or none. */
export function ChoiceFilter<T extends string>({
  label,
  anyLabel,
  options,
  nameOf,
  value,
  onChoose,
  className,
}: ChoiceFilterProps<T>) {
  return (
    <Select
      aria-label={label}
      className={className}
      value={value ?? ""}
      onChange={(event) => onChoose(options.find((one) => one === event.currentTarget.value) ?? null)}
    >
      <option value="">{anyLabel}</option>
      {options.map((option) => (
        <option key={option} value={option}>
          {nameOf(option)}
        </option>
      ))}
    </Select>
  );
}
