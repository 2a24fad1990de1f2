/** With a comma every three digits, and as many decimals as asked for. */
export function formatNumber(value: number | undefined, decimals = 0): string {
  if (value === undefined || Number.isNaN(value)) return '–';
  return value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** `1.86 ×` */
export function formatRatio(value: number): string {
  return Number.isNaN(value) ? '–' : `${value.toFixed(2)} ×`;
}

/** Bytes as MiB. */
export function formatMiB(bytes: number | undefined): string {
  return bytes === undefined ? '–' : formatNumber(bytes / 2 ** 20, 1);
}
