import { expect, test } from "@playwright/test";
import { checkPage } from "../support/check-page";
import { onDatabase } from "../support/database";
import { signInAsOperator } from "../support/operator-login";

// Each page is looked at four times over.
test.describe.configure({ timeout: 240_000 });

const forgetComparisons = () => onDatabase((client) => client.query("DELETE FROM usage_comparisons"));
test.afterAll(forgetComparisons);

const compared = (day: string, counted: number) =>
  onDatabase(async (client) => {
    await client.query("INSERT INTO usage_comparisons VALUES ('openai', $1, now()) ON CONFLICT DO NOTHING", [
      day,
    ]);
    await client.query(
      `INSERT INTO usage_comparison_lines VALUES
        ('openai', $1, 'gpt-4o', 'default', 'input', 1200000, 0, 1200000, 0),
        ('openai', $1, 'gpt-4o', 'all', 'cost', 3100000, 20000, 3110000, 0),
        ('openai', $1, 'gpt-6.2-sol', 'flex', 'cache_write', 80000, 0, $2, $3)`,
      [day, counted, (80_000 - counted) / counted],
    );
  });

test("an operator sees each day's ledger beside what OpenAI counted, the difference first, and what to do while there is none", async ({
  page,
}) => {
  await signInAsOperator(page);
  await forgetComparisons();
  await page.goto("/admin/drift");
  await expect(page.getByText("Nothing compared yet")).toBeVisible();
  await checkPage(page);

  await compared("2026-11-25", 80_000);
  await compared("2026-11-26", 100_000);
  await page.reload();
  await expect(page.getByRole("heading", { name: "Usage drift" })).toBeVisible();
  await expect(page.getByText(/^1 difference, compared/)).toBeVisible();
  const first = page.getByRole("row").nth(1);
  await expect(first).toContainText("gpt-6.2-sol");
  await expect(first).toContainText("Cache writes, flex");
  await expect(first).toContainText("-20%");
  await expect(page.getByRole("row").filter({ hasText: "Cost" })).toContainText("$3.10");
  await checkPage(page);

  await page.getByLabel("Day").selectOption("2026-11-25");
  await expect(page).toHaveURL(/day=2026-11-25/);
  await expect(page.getByText(/^no differences, compared/)).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("Day")).toHaveValue("2026-11-25");

  await page.route("**/api/trpc/operators.usageDrift*", (route) => route.abort());
  await page.reload();
  await expect(page.getByText("Couldn’t load the comparison")).toBeVisible({ timeout: 30_000 });
  await page.unroute("**/api/trpc/operators.usageDrift*");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("table")).toBeVisible();
});
