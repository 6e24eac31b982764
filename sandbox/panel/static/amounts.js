// Amounts of money, as the server writes them ("50.00 EUR") and as a person types them.

/** "50.00 EUR" as { value, currency } */
export function parts(amount) {
  const [value, currency] = (amount || "").split(" ");
  return { value: Number(value) || 0, currency: currency || "" };
}

/** Write "50.00 EUR" the way the dashboard does: €50.00 EUR. */
export function pretty(amount) {
  const { currency } = parts(amount);
  const [value] = (amount || "").split(" ");
  const places = (value.split(".")[1] || "").length;
  return money(Number(value), currency, places);
}

export function money(value, currency, places) {
  try {
    return new Intl.NumberFormat("en-GB", {
      style: "currency",
      currency,
      currencyDisplay: "narrowSymbol",
      minimumFractionDigits: places,
      maximumFractionDigits: places,
    }).format(value);
  } catch {
    return `${value} ${currency}`;
  }
}

/** What a person typed, in minor units; NaN when it is no amount. */
export function minor(typed, exponent) {
  const text = typed.trim().replace(",", ".");
  if (!/^\d+(\.\d*)?$/.test(text)) return NaN;
  return Math.round(Number(text) * 10 ** exponent);
}

export const major = (units, exponent) => (units / 10 ** exponent).toFixed(exponent);
