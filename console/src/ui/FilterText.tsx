import {useEffect, useRef, useState} from 'react';

import {TextField, type TextFieldProps} from './Field';

/** A filter to type: takes effect when typing rests, and follows the address when that changes. */
export function FilterText({value, onChange, ...rest}: TextFieldProps) {
  const [text, setText] = useState(value);
  const sent = useRef(value);
  useEffect(() => {
    if (value !== sent.current) {
      sent.current = value;
      setText(value);
    }
  }, [value]);
  useEffect(() => {
    if (text === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = text;
      onChange(text);
    }, 300);
    return () => clearTimeout(timer);
  }, [text, onChange]);
  return <TextField {...rest} value={text} onChange={setText} />;
}
