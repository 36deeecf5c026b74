# %% [markdown]
# # A first look at smearbench
#
# A **smear campaign** is somebody paying for many accounts to say bad things about a brand, in a way that looks as if
# ordinary people said them. Nobody outside can be sure which accounts were paid. That makes it hard to learn what such
# a campaign does, and hard to know whether a program that looks for it works.
#
# smearbench makes a small, invented social network in which a campaign happens, and **keeps the truth beside it**.
# Brand, people and texts below are fictitious; every number comes from a simulation and says nothing about a real firm.
#
# In ten minutes this page
#
# 1. makes a world, and its *twin*: the same world in which the operators never give a command;
# 2. draws what was posted, day by day;
# 3. looks at when the members of a squad post, next to other people;
# 4. asks a detector who is paid, and marks its answer;
# 5. compares the two worlds: what did the campaign change?
#
# To run it yourself: `pip install -e '.[notebook]' jupyterlab`, then `jupyter lab docs/first_look.ipynb`.

# %%
import tempfile
from pathlib import Path

import duckdb
import matplotlib.pyplot as plt
import pandas as pd
import polars as pl

from benchmarks.orders import make_orders
from benchmarks.scoring.score import score_datasets
from simulator import load_scenario, open_dataset, simulate
from simulator.effect import effect

# Okabe and Ito's colours (jfly.uni-koeln.de/color), which colour-blind readers tell apart.
GREY, ORANGE, RED, PINK, BLUE, GREEN = "#A3B1BD", "#E69F00", "#D55E00", "#CC79A7", "#0072B2", "#009E73"
plt.rcParams.update({"figure.figsize": (9, 3.6), "figure.dpi": 80})
plt.rcParams.update({"axes.spines.top": False, "axes.spines.right": False})

# %% [markdown]
# ## 1. Make a world
#
# A *scenario* is a short text file. `classroom` has 540 ordinary accounts and 60 that a (fictitious) agency operates,
# six weeks around the launch of a phone. The *seed* picks one of countless possible courses of events: the same
# scenario and seed always give the same world.

# %%
home = tempfile.TemporaryDirectory(prefix="first-look-")  # gone when this notebook ends
folder = Path(home.name)
scenario = load_scenario("classroom")
run = simulate(scenario, seed=1, out=folder / "world")
simulate(scenario, seed=1, out=folder / "world-twin", twin=True)

print(f"{scenario.n_accounts} accounts, {scenario.n_days} days, {scenario.prevalence:.0%} operated")
print(f"{run.counters['posts']:,} posts, and {run.counters['exposures']:,} times somebody was shown one")

# %% [markdown]
# ## 2. What was posted?
#
# A dataset is a folder of [Parquet](https://parquet.apache.org) files. `observations/` is what the platform would show
# to the brand; `truth/` is what really happened, which nobody outside ever sees. `open_dataset` checks the folder and
# reads tables:

# %%
world = open_dataset(folder / "world")
context = world.context
print(f"The brand is {context['brand']}, its launch {context['launch'][:16].replace('T', ' ')} UTC.")

posts = world.table("posts").to_pandas()
truth = world.table("truth_posts").to_pandas()
accounts = world.table("truth_accounts").to_pandas()
accounts["group"] = accounts["squad_id"].astype(object).fillna("ordinary")
print(f"{len(posts):,} posts, {truth['push_id'].notna().sum():,} of them commanded by the agency\n")

said = posts.merge(truth, on="post_id")
one_each = said[said["text"].notna()].groupby("tactic", observed=True).first()
for tactic, row in one_each.iterrows():
    print(f"{tactic}\n    {row['text']}")

# %% [markdown]
# Three *tactics*: false claims about the product (misinformation), figures that make a rival look better (unfavourable
# comparison), and setting groups of fans against each other (community division).
#
# Other tools read the files as they are. Here DuckDB counts the posts a day: those that were commanded, by tactic, and
# those in which ordinary people speak well or badly of the brand.

# %%
question = f"""
    select date_trunc('day', created_at at time zone 'UTC') as day,
           coalesce(tactic, 'ordinary people') as said_by, count(*) as posts
    from '{folder}/world/observations/posts/*.parquet'
    join '{folder}/world/truth/posts/*.parquet' using (post_id)
    where push_id is not null or stance <> 0
    group by all order by all
"""
daily = duckdb.sql(question).df().pivot(index="day", columns="said_by", values="posts").fillna(0)
print(daily.sum().astype(int).sort_values(ascending=False).to_string())

# %%
launch = pd.Timestamp(context["launch"]).tz_localize(None)
colours = {
    "ordinary people": GREY,
    "misinformation": RED,
    "unfavourable_comparison": ORANGE,
    "community_division": PINK,
}
figure, axes = plt.subplots()
height = 0
for who, colour in colours.items():
    name = who.replace("_", " ")
    axes.bar(daily.index, daily[who], 1, bottom=height, align="edge", color=colour, label=name)
    height = height + daily[who]
axes.axvline(launch, color="black", linewidth=1)
axes.annotate(" launch", (launch, 1), xycoords=("data", "axes fraction"), va="top")
axes.set(ylabel="posts a day about the brand", title="What was said about the brand (synthetic)")
axes.legend(loc="upper left", frameon=False)
figure.tight_layout()

# %% [markdown]
# Nearly two thirds of this talk is honest, and honest talk has peaks of its own: the launch, a teaser, a rival's news.
# Counting posts alone does not tell a campaign from news.
#
# ## 3. How does a squad work?
#
# The agency has two *squads*. `loud` fills templates and posts them quickly; `careful` hides in ordinary behaviour. A
# **raster** shows one account a row and one post a dot. Below: 15 accounts of each squad, and 15 ordinary ones, in the
# week up to the launch; the posts that were commanded are coloured.

# %%
GROUPS = {"agency.loud": RED, "agency.careful": ORANGE, "ordinary": BLUE}


def draw_raster(axes, group, colour, days=7, rows=15):
    """Draw when the accounts of a group posted, the commanded posts in colour."""
    members = accounts.loc[accounts["group"] == group, "account_id"]
    end = launch.normalize() + pd.Timedelta(days=1)
    when = said["created_at"].dt.tz_localize(None)
    week = said[said["account_id"].isin(members) & (when >= end - pd.Timedelta(days=days)) & (when < end)]
    row_of = {account: row for row, account in enumerate(sorted(week["account_id"].unique())[:rows])}
    week = week[week["account_id"].isin(row_of)]
    pushed = week["push_id"].notna()
    for part, ink, size in ((week[~pushed], GREY, 9), (week[pushed], colour, 16)):
        axes.scatter(part["created_at"], part["account_id"].map(row_of), s=size, color=ink, linewidths=0)
    axes.set(yticks=[], ylabel=group.removeprefix("agency."), ylim=(-1, rows))
    return int(pushed.sum()), len(week)


figure, panels = plt.subplots(3, 1, figsize=(9, 6), sharex=True)
for axes, (group, colour) in zip(panels, GROUPS.items(), strict=True):
    pushed, total = draw_raster(axes, group, colour)
    print(f"{group:15} {total:4} posts in the picture, {pushed:3} of them commanded")
panels[0].set_title("The week up to the launch: one account a row, one post a dot (synthetic)")
figure.tight_layout()

# %% [markdown]
# The loud squad shows vertical stripes: many accounts within minutes. The careful one does not, and most of its dots
# are grey: it also chats like anybody else, so that its commanded posts drown.
#
# Do they copy each other? With polars: how many of a group's texts were also posted, word for word, by another account?

# %%
texts = (
    pl.from_pandas(said[["account_id", "text"]].dropna())
    .join(pl.from_pandas(accounts[["account_id", "group"]]), on="account_id")
    .with_columns(pl.col("account_id").n_unique().over("text").alias("authors"))
)
share_copied = (pl.col("authors") > 1).mean().alias("copied")
copied = texts.group_by("group").agg(pl.len().alias("texts"), share_copied)
for group, n, share in copied.sort("copied", descending=True).iter_rows():
    print(f"{group:15} {n:6,} texts, {share:6.1%} of them also posted by somebody else")

# %% [markdown]
# ## 4. Can a detector find them?
#
# A *detector* sees the observations only, in a process of its own, and gives each account a score: the higher, the
# more suspicious. `synchrony` looks for accounts that do the same thing at nearly the same time; `chance` draws lots.
#
# **Average precision** sums up how well the ranking is: 1 when all operated accounts stand at the top, and about the
# share of operated accounts (here 0.1) when the order is luck. **Precision** is how many of the accused deserve it,
# **recall** how many of the operated are accused.

# %%
metrics, scored = score_datasets([world], make_orders(["synchrony", "chance"]))
for detector in metrics["worlds"][0]["detectors"]:
    found = detector["tracks"]["account"]
    line = f"{detector['name']:10} average precision {found['average_precision']:.2f}"
    print(f"{line}, precision {found['precision']:.2f}, recall {found['recall']:.2f}")

# %%
answer, threshold = scored[0].answers[0]
scores = pd.DataFrame({"account_id": answer.ids, "score": answer.scores}).merge(accounts, on="account_id")
scores["score"] = scores["score"].clip(lower=0)  # -inf: the detector gave none
figure, axes = plt.subplots(figsize=(9, 2.6))
for row, (group, colour) in enumerate(GROUPS.items()):
    points = scores.loc[scores["group"] == group, "score"].sort_values()
    axes.scatter(points, [row + place / len(points) * 0.6 for place in range(len(points))], s=9, color=colour)
    print(f"{group:15} {(points >= threshold.value).sum():3} of {len(points):3} accused")
axes.axvline(threshold.value, color="black", linewidth=1, linestyle=":")
axes.annotate(" accused from here on", (threshold.value, 1.75))
axes.set(yticks=[0.3, 1.3, 2.3], yticklabels=[name.removeprefix("agency.") for name in GROUPS])
axes.set(xlabel="score of synchrony", title="One dot an account (synthetic)")
figure.tight_layout()

# %% [markdown]
# The loud squad is found, the careful one is not. A detector that was only tried on loud campaigns looks better than
# it is; that is why [the benchmark](../README.md) tries six levels of hiding.
#
# ## 5. What did the campaign change?
#
# World and twin have the same people who open their phones at the same moments; only the agency's commands are missing
# in the twin. So any difference *is* the campaign.

# %%
changed = effect(folder / "world", folder / "world-twin")
for operator in changed["reach"]:
    print(f"{operator['operator']} reached {operator['accounts']} accounts ({operator['share']:.0%} of the ordinary)")
for tactic, times in changed["exposures"]["by_tactic"].items():
    print(f"    {tactic:25} shown {times:6,} times")
print(f"other posts shown: {changed['exposures']['organic_change_share']:+.1%} against the twin")

# %%
figure, axes = plt.subplots()
for segment, colour in {"casual": BLUE, "fan": GREEN, "rival_fan": RED, "customer": ORANGE}.items():
    course = next(entry for entry in changed["attitudes"]["by_segment"] if entry["segment"] == segment)
    # On day 6 the campaign is broken up; from then on the mean is of fewer accounts.
    days = [day for day in course["by_day"] if day["days_from_launch"] < 6]
    places, means = [day["days_from_launch"] for day in days], [day["mean"] for day in days]
    axes.plot(places, means, color=colour, label=segment.replace("_", " "))
    print(f"{segment:10} {course['accounts']:3} accounts, attitude at the launch {course['at_launch']:+.4f}")
axes.axhline(0, color="grey", linewidth=0.8)
axes.axvline(0, color="black", linewidth=1)
axes.set(xlabel="days from the launch", ylabel="world minus twin")
axes.set(title="What the campaign did to attitudes, on a scale from -1 to 1 (synthetic)")
axes.legend(loc="lower left", frameon=False, ncols=2)
figure.tight_layout()

# %% [markdown]
# The campaign was seen by most and moved them little: thousandths on a scale from -1 to 1. That is what was measured on
# real people too (Eady et al. 2023, doi:10.1038/s41467-022-35576-9). One seed is one story: `smearbench effect
# classroom --seeds 10` gives mean, interval and the noise floor.
#
# ## Where next?
#
# - Hide better, and see what the detector still finds:
#   `load_scenario("classroom", overrides=["operators.agency.squads.all.evasion=L4"])` in step 1.
# - Break the campaign up earlier: `overrides=["operators.agency.break_up.time=T-14d 09:00"]`.
# - Write a detector of your own: the [tutorial](../benchmarks/TUTORIAL.md).
# - Turn these dials with sliders, and see the world change: [Play with it](../benchmarks/PLAY.md).
