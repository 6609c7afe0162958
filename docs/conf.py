"""Configuration of the documentation: ``python -m sphinx -W docs build/docs``. It needs the extra ``docs``, no network.

``-D nb_execution_mode=off`` spares the notebooks.
"""

import re

from minigrad.version import __version__

project = "minigrad"
author = "the minigrad developers"
copyright = f"2026, {author}"
version = release = __version__

extensions = ["myst_nb", "sphinx_copybutton"]
exclude_patterns = ["reference/.*"]
default_role = "py:obj"  # a link where there is something of that name, else code
add_module_names = False
nb_execution_mode = "force"  # notebooks are stored without results, and the site shows those of this run
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_merge_streams = True
myst_heading_anchors = 3
myst_enable_extensions = ["attrs_block", "colon_fence"]

html_theme = "furo"
html_title = f"minigrad {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = html_show_sourcelink = False
pygments_style, pygments_dark_style = "friendly", "monokai"
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
toc_object_entries = False  # Sphinx would copy them for each page of the site; see names_on_this_page
python_use_unqualified_type_names = True
maximum_signature_line_length = 100


def names_on_this_page(app, pagename, templatename, context, doctree):
    """Put the names that a page of the reference describes into its own table of contents."""
    if not pagename.startswith("reference/") or pagename == "reference/index":
        return
    objects = app.env.domains.python_domain.objects.items()
    names = [(name, one.node_id) for name, one in objects if one.docname == pagename and one.objtype != "property"]
    inside = {name for name, _ in names}
    own = [(n, i) for n, i in names if n.rpartition(".")[0] not in inside or n.startswith("minigrad.Tensor.")]
    items = (f'<li><a class="reference internal" href="#{i}">{n.rpartition(".")[2]}</a></li>' for n, i in own)
    context["toc"] = f'<ul><li><a class="reference internal" href="#">Top</a><ul>{"".join(items)}</ul></li></ul>'
    context["furo_hide_toc"] = False


def tidied(app, docname, source):
    """Name the files outside of the documents, to which the site has no link; end examples without an empty line."""

    def named(match):
        text, path = match.groups()
        return f"`{path}`" if text in path else f"{text} (`{path}`)"

    if "/" not in docname:
        source[0] = re.sub(r"\[([^\]]+)\]\(\.\./([^)]*)\)", named, source[0]).replace("\n\n```\n", "\n```\n")


def setup(app):
    from minigrad.scripts import reference

    app.connect("builder-inited", lambda app: reference.main())
    app.connect("source-read", tidied)
    app.connect("html-page-context", names_on_this_page, priority=900)
