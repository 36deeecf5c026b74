"""A small world to play with: sliders in a browser that simulate it again, and Mesa's own view of the model.

From a question to its answer::

    sliders            what can be turned, and the overrides of the scenario that follow
    stage              simulates one world at a time; the newest wish wins
    wishes             what a browser may ask: host, token, origin, size, form
    server             serves shell and page on loopback, and nothing else
    shell              the page with the sliders, around the page of `benchmarks.report`
    solara_view        Mesa's visualisation of the model, for notebooks
"""
