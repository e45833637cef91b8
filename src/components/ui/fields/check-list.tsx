interface CheckListProps<Option extends string> {
  legend: string;
  hint?: string | undefined;
  options: readonly Option[];
  chosen: readonly Option[];
  onChange: (chosen: Option[]) => void;
}

/** Checkboxes for several identifiers. The choice keeps the options' order. */
export function CheckList<Option extends string>({
  legend,
  hint,
  options,
  chosen,
  onChange,
}: CheckListProps<Option>) {
  const toggle = (option: Option) =>
    onChange(options.filter((other) => (other === option) !== chosen.includes(other)));
  return (
    <fieldset>
      <legend className="font-medium">{legend}</legend>
      {hint && <p className="text-[13px] text-muted">{hint}</p>}
      <div className="relative mt-1.5 grid max-h-44 gap-x-4 overflow-y-auto rounded-lg border border-edge bg-surface p-2 sm:grid-cols-2">
        {options.map((option) => (
          <label
            key={option}
            className="flex min-h-7 cursor-pointer items-center gap-2 rounded-md px-1.5 hover:bg-sunken"
          >
            <input
              type="checkbox"
              checked={chosen.includes(option)}
              onChange={() => toggle(option)}
              className="size-4 shrink-0 accent-accent"
            />
            <code className="truncate text-[13px]">{option}</code>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
