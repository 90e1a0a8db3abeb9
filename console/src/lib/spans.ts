// How far back an overview looks.
export interface Span {
  name: string;
  label: string;
  ms: number;
}

export const spans: readonly Span[] = [
  {name: '15m', label: 'Last 15 minutes', ms: 900_000},
  {name: '1h', label: 'Last hour', ms: 3_600_000},
  {name: '24h', label: 'Last 24 hours', ms: 86_400_000},
  {name: '7d', label: 'Last 7 days', ms: 7 * 86_400_000},
];
const usual: Span = {name: '24h', label: 'Last 24 hours', ms: 86_400_000};

export const spanOf = (name: string | undefined): Span =>
  spans.find((span) => span.name === name) ?? usual;
