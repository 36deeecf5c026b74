"""One self-contained HTML page about a dataset: what a platform shows, and, sealed until the reveal, what is true.

From the dataset to the file::

    drawn               which accounts and posts are drawn; all counts stay exact
    communities         communities of the follow graph
    packing, placement  where accounts stand, so that communities are seen
    narrative_series    posts by time and narrative
    columns             coding of columns, cleaning of texts
    visible_part        what is shown before the reveal
    hidden_part         the truth, which the page keeps packed until the reveal
    payload             both parts of one run
    lesson_file         what a lesson is (lesson_problems: what is wrong in one), lessons/ the shipped ones
    truth_facts         figures of the truth that lessons ask for
    lesson_part         a lesson fitted to a world, its answers sealed
    bets, evidence      what a class bets on, and what gave each account away
    sides               runs side by side
    scores_part         scores of detectors, alerts_part alerts of rules
    teaching            all of these, the visible and the sealed half
    page_file           HTML, style, scripts, strings and payload as one file
    page/               the sources of the page

In ``page/`` every script hangs on the namespace ``smearbench`` (``app`` inside); ``page_file.SCRIPTS`` is their order.
A new script calls ``app.addView({name, start, draw, change})``: ``start`` once when the payload is read, ``draw(time,
now)`` in each frame in which something moves (returns whether it wants another frame), ``change(keys, state)`` when the
state has changed. The state is ``app.state`` (get, set, subscribe), all time is in minutes since the start of the run.

Payload: ``app.payload.runs`` (the main run first; ``app.run`` is it), ``app.payload.extras`` (``scores``, ``alerts``,
``lesson``, ``bets``, ``sides``, whatever `page_file.write_page` was given), and after ``await app.payload.openTruth()``
``app.payload.truths`` and ``app.truth``. Lessons use ``app.steps``, the places ``#lesson`` (panel) and ``#beside``
(full width), and words out of ``page/en.json`` and ``page/zh.json``.

A board stands in the place of the pictures: ``app.boards.add({name, has, make})`` gives it a tab; its words are in
``page/lesson_en.json`` and ``page/lesson_zh.json``.
"""
