// What mails do although a checker says no, and why it does no harm. Everything else that is found fails the check.

/** Rules of html-validate (recommended and a11y) that mail must break. */
export const brokenRules = {
  'doctype-style': 'lower case is as valid, and as short as all the rest',
  'no-inline-style': 'Gmail for other accounts, Outlook on Windows and others read nothing but inline styles',
  'no-deprecated-attr': 'Outlook on Windows lays out by width, align, valign, cellpadding and cellspacing, not by CSS',
  'no-conditional-comment': 'Outlook on Windows ignores max-width: one table of 600 pixels is for it alone',
  'prefer-tbody': 'a <tbody> in each layout table would say nothing to a reader and costs octets in every mail',
  'prefer-native-element': 'mail programs drop <article> and keep <div role="article">',
};

/** Rules of axe that are about pages, not about mails: a mail is shown inside a page, which has its own landmarks. */
export const pageRules = ['landmark-one-main', 'region'];

/** Features of caniemail that some mail program lacks. What is then seen is said here. */
export const partlySupported = {
  '!important keyword': 'in the style sheet only: without it the light colours and the wide padding stay',
  '<img> element': 'of the logo only: a program that shows no pictures shows its alternative text',
  'height attribute': 'of the logo only, which has the property, too',
  '<body> element': 'becomes a <div>; ground colour, language and direction stand on elements inside it, too',
  '<style> element': 'light colours and the wide padding stay',
  '<ul>, <ol> and <dl>': 'Outlook draws its own bullets',
  '@media': 'light colours and the wide padding stay',
  'Attribute selector': 'for Outlook.com only, in a style sheet of their own, so that Gmail keeps the other one',
  'Class selector': 'light colours and the wide padding stay',
  'Descendant combinator': 'for Outlook.com, and for the text of buttons, only',
  'Type selector': 'for the text of buttons in the dark only',
  'align attribute': 'a link stands at the start of its line instead of the end',
  'aria-label attribute': 'the wrapper has no name; the mail has its <h1>',
  'background': 'colours only, never pictures',
  'background-color': 'without it text stands on white, where it was chosen to be read, too',
  'border': 'a line between items is missing; the space stays',
  'border-radius': 'corners are square',
  'cellpadding attribute': 'is 0 in any case; padding is inline',
  'cellspacing attribute': 'is 0 in any case',
  'dir attribute': 'the wrapper and every item say it again',
  'display': 'block and none only: the row stays a row on a small screen, the preheader is hidden by size and opacity, too',
  'display:none': 'the preheader is hidden by size and opacity, too',
  'font-size': 'pixels only, which is what is supported',
  'font-weight': 'bold instead of semibold',
  'height property': 'of a logo, which has the attribute, too; otherwise line-height, taken for height by the checker',
  'lang attribute': 'a screen reader keeps its own voice',
  'letter-spacing': 'letters stand a little wider',
  'line-height': 'pixels only, which is what is supported',
  'margin': 'never negative, never auto; Outlook knows those',
  'max-width': 'Outlook on Windows has the table of 600 pixels',
  'opacity': 'the preheader is hidden by display and size, too',
  'overflow': 'the preheader is hidden by display and size, too',
  'padding': 'on table cells only, where Outlook knows it, and for bullets, where it has its own',
  'role attribute': 'a screen reader may announce a layout table',
  'text-decoration': 'links are underlined all the more',
  'text-transform': 'the topic is not in capitals',
  'transform': 'never used: text-transform, taken for transform by the checker',
  'white-space': 'a pair of links may break in two lines',
  'width attribute': 'of tables: 100 % and, for Outlook, 600 pixels',
  'width property': 'auto, on a small screen and of a logo',
};
