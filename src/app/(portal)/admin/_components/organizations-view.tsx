"use client";

import { useMutation } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Field } from "@/components/ui/fields/field";
import { Input } from "@/components/ui/fields/input";
import { fieldError, readFailure } from "../../../_client/failure";
import { FailureNotice } from "../../../_client/failure-notice";
import { useTRPC, useTRPCClient } from "../../../_client/trpc";
import { usePages } from "../../../_client/use-pages";
import { PageHeader } from "../../_components/page-header";
import { ConsoleList } from "./console-list";
import { OrganizationTable } from "./organization-table";

export function OrganizationsView() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const [search, setSearch] = useState("");
  // A mutation, so that the email searched for is in no URL, log or history.
  const find = useMutation(trpc.operators.findOrganizations.mutationOptions({ meta: { refreshes: false } }));
  const list = usePages({
    queryKey: [...trpc.operators.organizations.pathKey(), "pages"],
    fetchPage: (cursor) => client.operators.organizations.query(cursor),
  });
  const failure = find.error ? readFailure(find.error) : null;
  const searchError = fieldError(failure, "search");
  const found = find.data?.data;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (search.trim() === "") find.reset();
    else find.mutate({ search: search.trim() });
  };
  const clear = () => {
    setSearch("");
    find.reset();
  };

  return (
    <>
      <PageHeader title="Organizations">
        Newest first. Names are encrypted, so search by ID or by a member’s full email. Requests are counted
        every 15 minutes.
      </PageHeader>
      <search>
        <form onSubmit={submit} className="mb-6 flex max-w-xl items-end gap-2">
          <Field label="Organization ID or member’s email" error={searchError} className="flex-1">
            {(control) => (
              <Input
                {...control}
                type="text"
                inputMode="email"
                autoComplete="off"
                spellCheck={false}
                placeholder="ada@example.com"
                value={search}
                onChange={(event) => setSearch(event.currentTarget.value)}
              />
            )}
          </Field>
          <Button type="submit" variant="secondary" pending={find.isPending} className="h-10 sm:h-9">
            <Search aria-hidden="true" />
            Search
          </Button>
        </form>
      </search>
      {find.error && !searchError && <FailureNotice error={find.error} className="mb-4" />}
      {found && (
        <>
          <p className="mb-3 text-muted" role="status">
            {found.length === 0
              ? "No organizations found."
              : `${found.length} ${found.length === 1 ? "organization" : "organizations"} found.`}{" "}
            <Button variant="link" size="inline" onClick={clear}>
              Show all
            </Button>
          </p>
          {found.length > 0 && <OrganizationTable organizations={found} />}
        </>
      )}
      {!found && (
        <ConsoleList
          list={list}
          name="the organizations"
          empty={<EmptyState title="No organizations yet">Each account starts with one.</EmptyState>}
        >
          {(items) => <OrganizationTable organizations={items} />}
        </ConsoleList>
      )}
    </>
  );
}
