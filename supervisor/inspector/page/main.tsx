/** The page of the inspector, from its start. */

import { render } from 'preact';

const place = document.getElementById('page');
if (place !== null) render(<p>The inspector</p>, place);
