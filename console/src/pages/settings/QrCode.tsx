import {useMemo} from 'react';
import {encode} from 'uqr';

import './settings.css';

/** Black on white in every theme: phones read nothing else well. */
export function QrCode({text, label}: {text: string; label: string}) {
  const {size, path} = useMemo(() => {
    const code = encode(text, {border: 3});
    const marks = code.data.flatMap((row, y) =>
      row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])),
    );
    return {size: code.size, path: marks.join('')};
  }, [text]);
  return (
    <svg
      className="qr"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
