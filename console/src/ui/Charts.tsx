// Bars as SVG, with the same numbers as a table for those who cannot see them.
import {useId} from 'react';

import {count, duration, exactTime, plural, shortCount} from '../lib/format';
import {barHeights, niceTop} from '../lib/chart';
import './charts.css';

export interface Bucket {
  at: string;
  total: number;
  failed: number;
  p50Ms?: number | null;
  p95Ms?: number | null;
}

const height = 96;

/** Calls over time: failed ones stand at the foot of each bar. */
export function TimeChart({
  buckets,
  bucketMs,
  onPick,
}: {
  buckets: readonly Bucket[];
  bucketMs: number;
  onPick?: (since: string, until: string) => void;
}) {
  const id = useId();
  const top = niceTop(Math.max(0, ...buckets.map((bucket) => bucket.total)));
  const total = buckets.reduce((sum, bucket) => sum + bucket.total, 0);
  const failed = buckets.reduce((sum, bucket) => sum + bucket.failed, 0);
  const width = Math.max(1, buckets.length) * 10;
  const first = buckets[0];
  const last = buckets[buckets.length - 1];
  const short = bucketMs * buckets.length <= 36 * 3_600_000;
  const clock = {hour: '2-digit', minute: '2-digit'} as const;
  const label = (at: string): string =>
    short
      ? new Date(at).toLocaleString(
          'en-GB',
          bucketMs * buckets.length >= 18 * 3_600_000 ? {weekday: 'short', ...clock} : clock,
        )
      : new Date(at).toLocaleDateString('en-GB', {day: 'numeric', month: 'short'});
  return (
    <figure className="chart" aria-labelledby={`${id}-caption`}>
      <figcaption id={`${id}-caption`} className="visually-hidden">
        Calls over time: {plural(total, 'call')}, {count(failed)} failed
      </figcaption>
      <div className="chart-plot">
        <span className="chart-top tiny faint number" aria-hidden="true">
          {shortCount(top)}
        </span>
        <svg
          viewBox={`0 0 ${width} ${height}`}
          preserveAspectRatio="none"
          width="100%"
          height={height}
          aria-hidden="true"
        >
          <line x1="0" x2={width} y1="0.5" y2="0.5" className="chart-line" />
          <line x1="0" x2={width} y1={height / 2} y2={height / 2} className="chart-line" />
          {buckets.map((bucket, i) => {
            const {whole, part} = barHeights(bucket.total, bucket.failed, top, height);
            const until = new Date(Date.parse(bucket.at) + bucketMs).toISOString();
            return (
              <g
                key={bucket.at}
                className={onPick && bucket.total > 0 ? 'chart-bar chart-bar-press' : 'chart-bar'}
                onClick={onPick && bucket.total > 0 ? () => onPick(bucket.at, until) : undefined}
              >
                <title>{`${exactTime(bucket.at)}: ${plural(bucket.total, 'call')}, ${count(bucket.failed)} failed${bucket.p50Ms != null ? `, half within ${duration(bucket.p50Ms)}` : ''}`}</title>
                <rect x={i * 10} y="0" width="10" height={height} className="chart-hit" />
                <rect
                  x={i * 10 + 1}
                  y={height - whole}
                  width="8"
                  height={whole - part}
                  className="chart-good"
                />
                <rect
                  x={i * 10 + 1}
                  y={height - part}
                  width="8"
                  height={part}
                  className="chart-bad"
                />
              </g>
            );
          })}
          <line x1="0" x2={width} y1={height - 0.5} y2={height - 0.5} className="chart-base" />
        </svg>
      </div>
      {first && last && (
        <div className="chart-foot tiny faint number" aria-hidden="true">
          <span>{label(first.at)}</span>
          <span>{label(new Date(Date.parse(last.at) + bucketMs).toISOString())}</span>
        </div>
      )}
      <div className="visually-hidden">
        <table>
          <caption>Calls over time</caption>
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col">Calls</th>
              <th scope="col">Failed</th>
            </tr>
          </thead>
          <tbody>
            {buckets
              .filter((bucket) => bucket.total > 0)
              .map((bucket) => (
                <tr key={bucket.at}>
                  <td>{exactTime(bucket.at)}</td>
                  <td>{bucket.total}</td>
                  <td>{bucket.failed}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}

/** How many calls took how long. */
export function Histogram({
  durations,
}: {
  durations: readonly {upToMs: number | null; count: number}[];
}) {
  const id = useId();
  const top = Math.max(1, ...durations.map((bar) => bar.count));
  const width = Math.max(1, durations.length) * 10;
  const name = (i: number): string => {
    const upTo = durations[i]?.upToMs ?? null;
    const from = i === 0 ? 0 : (durations[i - 1]?.upToMs ?? 0);
    return upTo === null
      ? `over ${duration(from)}`
      : i === 0
        ? `up to ${duration(upTo)}`
        : `${duration(from)} to ${duration(upTo)}`;
  };
  const ends = durations.filter((bar) => bar.upToMs !== null);
  return (
    <figure className="chart" aria-labelledby={`${id}-caption`}>
      <figcaption id={`${id}-caption`} className="visually-hidden">
        How long calls took
      </figcaption>
      <div className="chart-plot">
        <svg
          viewBox={`0 0 ${width} ${height}`}
          preserveAspectRatio="none"
          width="100%"
          height={height}
          aria-hidden="true"
        >
          {durations.map((bar, i) => {
            const {whole} = barHeights(bar.count, 0, top, height);
            return (
              <g key={i} className="chart-bar">
                <title>{`${name(i)}: ${plural(bar.count, 'call')}`}</title>
                <rect x={i * 10} y="0" width="10" height={height} className="chart-hit" />
                <rect
                  x={i * 10 + 1}
                  y={height - whole}
                  width="8"
                  height={whole}
                  className="chart-good"
                />
              </g>
            );
          })}
          <line x1="0" x2={width} y1={height - 0.5} y2={height - 0.5} className="chart-base" />
        </svg>
      </div>
      <div className="chart-foot tiny faint number" aria-hidden="true">
        <span>fast</span>
        {ends.length > 2 && <span>{duration(ends[Math.floor(ends.length / 2)]?.upToMs ?? 0)}</span>}
        <span>{ends.length > 0 ? `over ${duration(ends[ends.length - 1]?.upToMs ?? 0)}` : ''}</span>
      </div>
      <div className="visually-hidden">
        <table>
          <caption>How long calls took</caption>
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">Calls</th>
            </tr>
          </thead>
          <tbody>
            {durations.map(
              (bar, i) =>
                bar.count > 0 && (
                  <tr key={i}>
                    <td>{name(i)}</td>
                    <td>{bar.count}</td>
                  </tr>
                ),
            )}
          </tbody>
        </table>
      </div>
    </figure>
  );
}

/** A part of a whole, such as a rate limit in use. */
export function Meter({
  label,
  value,
  max,
  text,
  calm,
}: {
  label: string;
  value: number;
  max: number;
  text: string;
  /** Being nearly full is nothing bad. */
  calm?: boolean;
}) {
  const share = max === 0 ? 0 : Math.min(1, value / max);
  return (
    <div className="meter">
      <div className="row-spread small">
        <span>{label}</span>
        <span className="quiet number">{text}</span>
      </div>
      <svg
        width="100%"
        height="6"
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={max}
        aria-valuenow={Math.min(value, max)}
        aria-valuetext={text}
      >
        <rect width="100%" height="6" rx="3" className="meter-ground" />
        {share > 0 && (
          <rect
            width={`${Math.max(1.5, share * 100)}%`}
            height="6"
            rx="3"
            className={share >= 0.9 && !calm ? 'meter-full' : 'meter-part'}
          />
        )}
      </svg>
    </div>
  );
}
