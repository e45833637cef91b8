import { CopyButton } from "@/components/ui/copy-button";

/** One value of a description list, to be read or copied. */
export function Fact({ name, value, copy }: { name: string; value: string; copy?: string }) {
  return (
    <div>
      <dt className="text-[13px] text-muted">{name}</dt>
      <dd className="flex min-w-0 items-center gap-1">
        <code className="min-w-0 break-all text-[13px]">{value}</code>
        {copy && <CopyButton text={value} label={copy} />}
      </dd>
    </div>
  );
}
