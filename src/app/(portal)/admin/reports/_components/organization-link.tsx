import Link from "next/link";

/** Names are encrypted: the page behind it has the name. */
export function OrganizationLink({ id }: { id: string }) {
  return (
    <Link
      href={`/admin/organizations/${id}`}
      className="block break-all font-normal text-[13px] text-accent underline underline-offset-4"
    >
      {id}
    </Link>
  );
}
