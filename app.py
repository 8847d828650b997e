"""The app: `make run`, or `streamlit run app.py`. It only says which pages there are; each is a file of `ui/pages`."""

import streamlit as st


def main() -> None:
    """Open the chosen page."""
    st.set_page_config(page_title="Metalab", page_icon="ui/icon.svg", layout="wide")
    st.logo("ui/logo.svg", size="large", icon_image="ui/icon.svg")
    pages = [
        st.Page("ui/pages/explore.py", title="Explore", icon=":material/tune:", default=True),
        st.Page("ui/pages/studies.py", title="Studies", icon=":material/stacked_line_chart:"),
        st.Page("ui/pages/governance.py", title="Governance", icon=":material/how_to_vote:"),
        st.Page("ui/pages/metalayer.py", title="Metalayer", icon=":material/hub:"),
        st.Page("ui/pages/scaling.py", title="Scaling", icon=":material/speed:"),
    ]
    st.navigation(pages, position="top").run()


# Workers that are spawned execute this file again; they want none of the pages.
if __name__ == "__main__":
    main()
