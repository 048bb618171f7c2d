#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Every order, with bounds of all kinds, by pages and by cursors: what comes
# is what a plain sort of all tenders says, and each one comes once.

use strict;
use warnings;

use JSON::PP ();
use POSIX ();
use Test::More;
use Time::Local qw(timegm);

use lib 't/lib';
use Tender::Access;
use Tender::Index;
use Tender::Test;


my $TENDERS = 1_500;
my @SORTS   = qw(by_date by_date_end by_price by_modified);
my @WORDS   = qw(alpha beta gamma delta);

my ($t, $c, $buckets, @all, $turn, $altered);

for (1, 3) {
    $buckets = $_;
    @all     = ();
    $turn    = 0;
    $altered = 0;

    $t = index_test(redis_args => "buckets=$buckets", workers => 2,
                    http => 'tender_plan default page=1000;');
    $c = $t->client(timeout => 60);

    srand(5 + $buckets);

    publish($_) for 1 .. $TENDERS;
    alter() for 1 .. 400;
    cmp_ok($altered, '>', 100, "$buckets buckets: many have changed");
    numbers();

    # part of it is in segments and columns by now

    ok($t->wait_for(sub { manifest($t, 0) && manifest($t, 0)->{base} }, 30),
       'a log was sealed') if $buckets == 1;

    orders();
    bounds();
    relevance();
    moving();

    $t->finish;
}

done_testing;


# ------------------------------------------------------------------ tenders

sub publish {
    my ($n, $word) = @_;

    my $price = rand() < 0.2 ? undef : int(rand(40)) * 2.5;
    my $end   = rand() < 0.3 ? undef
              : rand() < 0.3 ? sprintf('2014-05-%02dT10:00:00Z', rand(28) + 1)
              : sprintf('2044-05-%02dT10:00:00.%03dZ', rand(9) + 1, rand(3));
    my @words = $word || grep { rand() < 0.4 } @WORDS;

    my %data = (title => "tender no$n @words",
                description => rand() < 0.5 ? 'omega' : 'sigma');

    $data{totalValue} = { amount => $price, currency => 'UAH' }
        if defined $price;
    $data{tenderPeriod} = { endDate => $end } if $end;
    $data{clarificationPeriod} = { endDate => '2044-04-01T00:00:00Z' }
        if $end && $end =~ /^2044/ && rand() < 0.3;

    my $r = $c->post($API, { data => \%data });

    die $r->status . ' ' . $r->body if $r->status != 201;

    my $shown = $r->json->{data};

    push @all, {
        id => $shown->{id}, outer => $shown->{tenderID},
        created => $shown->{modified}, end => $end, place => scalar @all,
    };

    took($all[-1], $shown);
}


sub took {
    my ($tender, $shown) = @_;

    # what changes nothing does not move it

    return if ($tender->{modified} // '') eq $shown->{modified};

    $tender->{text}     = "$shown->{title} ";
    $tender->{price}    = $shown->{totalValue} && $shown->{totalValue}{amount};
    $tender->{modified} = $shown->{modified};
    $tender->{status}   = $shown->{status};
    $tender->{turn}     = ++$turn;
}


# one that takes sealed bids, or is cancelled, stays as it is

sub alter {
    my $tender = $all[ rand @all ];
    my $what   = rand();
    my %data;

    if ($what < 0.3) {
        $data{title} = join ' ', 'other', grep { rand() < 0.4 } @WORDS;

    } elsif ($what < 0.6) {
        $data{totalValue} = { amount => int(rand(100)) / 10,
                              currency => 'UAH' };
    } elsif ($what < 0.8) {
        $data{status} = 'cancelled';

    } else {
        $data{submissionDetails} = "turn $turn";
    }

    my $r = $c->patch("$API/$tender->{id}", { data => \%data });

    return if $r->status == 403;

    die $r->status . ' ' . $r->body if $r->status != 200;

    took($tender, $r->json->{data});
    $altered++;
}


# the public numbers, which decide between equal ones

sub numbers {
    my %by = map { $_->{outer} => $_ } @all;
    my $last = 0;
    my $rising = 1;

    for my $row (rows('all=1&fields=ID,TenderNumOuter')) {
        my $number = $row->{ID};

        $rising = 0 if $number <= $last;
        $last = $number;
        $by{ $row->{TenderNumOuter} }{number} = $number;
    }

    ok($rising, "$buckets buckets: all come in the order of their numbers");
    is(scalar(grep { $_->{number} } @all), scalar @all, 'all of them');

    my %numbers = map { $_->{number} => 1 } @all;

    is(scalar(keys %numbers), scalar @all, 'each has a number of its own');
}


# ----------------------------------------------------------------- requests

sub get {
    my ($query) = @_;

    $query =~ s/=([^&]*)/'=' . $1 =~ s{([^\w.~-])}
                                      {sprintf '%%%02X', ord $1}ger/ge;

    my $r = $c->get("/api/export?dtype=ndjson&api_code=$t->{reader}&$query");

    die "$query: ", $r->status, ' ', $r->body if $r->status != 200;

    return $r;
}


sub rows {
    my ($query) = @_;

    return map { JSON::PP::decode_json($_) } split /\n/, get($query)->body;
}


# tenderIDs of all pages, and whether X-Total-Count was right on each

sub pages {
    my ($query, $size, $total, $from) = @_;

    my @found;
    my $page = 1;

    while (1) {
        my $r = get("$query&fields=TenderNumOuter&tenpage=$size&page=$page");
        my @rows = $r->body =~ /"TenderNumOuter":"([^"]*)"/g;

        $$total = $r->header('X-Total-Count');
        push @found, @rows;

        return @found if @rows < $size;
        $page++;
    }
}


sub cursors {
    my ($query, $size, $between) = @_;

    my @found;
    my $cursor = '';

    while (1) {
        my $r = get("$query&fields=TenderNumOuter&tenpage=$size$cursor");

        push @found, $r->body =~ /"TenderNumOuter":"([^"]*)"/g;

        my $next = $r->header('X-Tender-Cursor') or return @found;

        $cursor = "&cursor=$next";
        $between->() if $between;
    }
}


# ------------------------------------------------------------ what should be

# those without a value come last, whatever the direction

sub sorted {
    my ($sort, $descending, @list) = @_;

    my $key = {
        by_date     => sub { $_[0]{place} },
        by_date_end => sub { $_[0]{end} ? ms($_[0]{end}) : undef },
        by_price    => sub { $_[0]{price} },
        by_modified => sub { $_[0]{turn} },
    }->{$sort};

    return sort {
        my ($x, $y) = ($key->($a), $key->($b));
        my $order = defined $x && defined $y ? $x <=> $y
                  : defined $x ? ($descending ? 1 : -1)
                  : defined $y ? ($descending ? -1 : 1) : 0;

        $order ||= $a->{number} <=> $b->{number};
        $descending ? -$order : $order;
    } @list;
}


# milliseconds of a date as it is shown or was sent

sub ms {
    my ($y, $mon, $d, $h, $min, $s, $ms) =
        $_[0] =~ /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)(?:\.(\d+))?Z$/
        or die $_[0];

    return timegm($s, $min, $h, $d, $mon - 1, $y) * 1000 + ($ms || 0);
}


sub names { join ' ', map { $_->{outer} } @_ }


sub same {
    my ($found, $wanted, $name) = @_;

    my $ok = "@$found" eq names(@$wanted);

    ok($ok, $name) or do {
        my ($i) = grep { ($found->[$_] // '') ne ($wanted->[$_]
                                          ? $wanted->[$_]{outer} : '') }
                  0 .. ($#$found > $#$wanted ? $#$found : $#$wanted);

        diag(scalar(@$found), ' for ', scalar(@$wanted), ', first at ', $i,
             ': ', $found->[$i] // '-', ' for ',
             $wanted->[$i] ? $wanted->[$i]{outer} : '-');
    };
}


sub orders {
    for my $sort (@SORTS) {
        for my $dest (qw(asc desc)) {
            my @wanted = sorted($sort, $dest eq 'desc', @all);
            my $query  = "sort_by=$sort&sort_dest=$dest";
            my $total;

            same([pages($query, 250, \$total)], \@wanted,
                 "$buckets buckets, $sort $dest: pages");
            is($total, scalar @all, 'so many');
            same([cursors($query, 170)], \@wanted,
                 "$buckets buckets, $sort $dest: cursors");
        }

        my $down = $sort ne 'by_date_end';

        same([pages("sort_by=$sort", 1000)],
             [sorted($sort, $down, @all)], "$sort: its own direction");
    }

    same([map { (pages("page=$_", 7))[0] } 1],
         [(sorted('by_date', 1, @all))[0]], 'the newest comes first');
    is(scalar(rows('page=1000&tenpage=10')), 0, 'a page beyond the last');
}


# each bound alone, and some together, with each order

sub bounds {
    my @by_time = sort { ms($a->{created}) <=> ms($b->{created}) } @all;
    my ($early, $late) = map { $by_time[ @all * $_ ]{created} } 0.2, 0.6;
    my @by_turn = sort { $a->{turn} <=> $b->{turn} } @all;
    my $changed = $by_turn[ @all * 0.7 ]{modified};
    my $now = POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime);

    my $open = sub {
        $_->{status} =~ /^active\.(?:enquiries|tendering)$/
        && (!$_->{end} || $_->{end} gt $now);
    };

    my %bound = (
        'price1=20'     => sub { defined $_->{price} && $_->{price} >= 20 },
        'price2=47.5'   => sub { defined $_->{price} && $_->{price} <= 47.5 },
        'price1=10&price2=10' => sub { defined $_->{price}
                                       && $_->{price} == 10 },
        'price1=20&noprice=1' => sub { !defined $_->{price}
                                       || $_->{price} >= 20 },
        'price1=0.05&price2=0.15' => sub { defined $_->{price}
                                   && $_->{price} >= 0.05
                                   && $_->{price} <= 0.15 },
        "date_start=$early" => sub { ms($_->{created}) >= ms($early) },
        "modified_from=$changed" => sub { ms($_->{modified})
                                          >= ms($changed) },
        'deadline_from=2044-05-04' => sub { $_->{end}
                               && $_->{end} ge '2044-05-04' },
        'deadline_to=2044-05-03' => sub { $_->{end}
                               && $_->{end} lt '2044-05-04' },
        'deadline_from=2044-05-02&deadline_to=2044-05-02'
            => sub { $_->{end} && $_->{end} =~ /^2044-05-02/ },
        'status=cancelled' => sub { $_->{status} eq 'cancelled' },
        'status=active.tendering,cancelled'
            => sub { $_->{status} =~ /tendering|cancelled/ },
        'status=complete' => sub { 0 },
        'actual=1'        => $open,
        'kwords=alpha'    => sub { $_->{text} =~ / alpha / },
        'kwords=alpha -beta' => sub { $_->{text} =~ / alpha /
                                      && $_->{text} !~ / beta / },
    );

    # a date is shown to the millisecond, and kept to the microsecond

    my $till = ms($late);

    $bound{'date_end=' . ($late =~ s/Z$/999Z/r)}
        = sub { ms($_->{created}) <= $till };

    my @bounds = sort keys %bound;
    my @cases  = map { [$_] } @bounds;

    # a parameter is named once

    for (1 .. 40) {
        my ($one, $two) = @bounds[map { rand @bounds } 1, 2];

        push @cases, [$one, $two]
            if !grep { "&$two" =~ /&\Q$_\E=/ } "$one&" =~ /(\w+)=[^&]*&/g
               and "$one$two" !~ /price.*price.*price/;
    }

    for my $case (@cases) {
        my $sort   = $SORTS[ rand @SORTS ];
        my $down   = rand() < 0.5;
        my $size   = 40 + int(rand(200));
        my @match  = @all;

        for my $bound (@$case) {
            my $test = $bound{$bound};
            @match = grep { $test->() } @match;
        }

        my @wanted = sorted($sort, $down, @match);
        my $query  = join '&', @$case, "sort_by=$sort",
                     'sort_dest=' . ($down ? 'desc' : 'asc');
        my $total;

        same([pages($query, $size, \$total)], \@wanted,
             "$buckets buckets, $query: pages of $size");
        is($total, scalar @match, 'so many');
        same([cursors($query, $size)], \@wanted, 'by cursors');
        same([map { $_->{TenderNumOuter} }
              rows("$query&all=1&fields=TenderNumOuter")],
             [sort { $a->{number} <=> $b->{number} } @match],
             'all of them at once');
    }
}


# words of the title say more, rare ones more than common ones

sub relevance {
    my $first = @all;
    my $r;

    for my $text (['plain', 'about zeta there'], ['about zeta', 'plain'],
                  ['common zeta', 'plain'], ['common rare', 'plain'],
                  (['common', 'plain']) x 30)
    {
        $r = $c->post($API, { data => { title => $text->[0],
                                        description => $text->[1] } });
        push @all, { id => $r->json->{data}{id},
                     outer => $r->json->{data}{tenderID},
                     text => "$text->[0] $text->[1]" };
    }

    my ($told, $title, $both, $rare, @common) = map { $_->{outer} }
                                                @all[$first .. $#all];

    my @found = pages('kwords=zeta&sort_by=by_relevance', 100);

    is(@found, 3, "$buckets buckets: three are relevant");
    is($found[2], $told, 'a word of the description comes behind the title');

    @found = pages('kwords=zeta | rare | common&sort_by=by_relevance', 100);

    is(@found, 34, 'of several words');
    is_deeply([sort @found[0, 1]], [sort $both, $rare],
              'who has two comes first');
    is($found[0], $rare, 'the rarest counts most');
    is($found[2], $title, 'one that is rare comes before common ones');

    my @down = pages('kwords=zeta | rare | common&sort_by=by_relevance'
                     . '&sort_dest=asc', 100);

    is_deeply(\@down, [reverse @found], 'the other way round');
    is_deeply([cursors('kwords=zeta | rare | common&sort_by=by_relevance', 7)],
              \@found, 'the same by cursors');

    # words do not decide without words

    my @none = pages('sort_by=by_relevance', 1000);
    my %seen = map { $_ => 1 } @none;

    is(@none, @all, 'without words all come');
    is(keys %seen, @all, 'each once');

    # the rest has what these lack

    splice @all, $first;
}


# what is there from first to last comes once, whatever happens meanwhile;
# one whose price changes may move past the cursor, or back

sub moving {
    for my $sort (qw(by_date by_price by_date_end)) {
        for my $dest (qw(asc desc)) {
            my %price = map { $_->{outer} => $_->{price} // '-' } @all;
            my $n     = 0;
            my %count;

            $count{$_}++ for cursors('kwords=tender | other'
                                     . "&sort_by=$sort&sort_dest=$dest", 300,
            sub {
                publish(20_000 + ++$n, 'omicron');
                alter() for 1 .. 10;
            });

            my @stay = grep { exists $price{ $_->{outer} }
                              && ($sort ne 'by_price'
                                  || $price{ $_->{outer} }
                                     eq ($_->{price} // '-')) } @all;

            cmp_ok($n, '>', 2, "$buckets buckets, $sort $dest: pages");
            cmp_ok(@stay, '>', $TENDERS / 2, 'most stay where they are');
            is(scalar(grep { ($count{ $_->{outer} } // 0) != 1 } @stay), 0,
               'of these each comes once');
        }
    }

    numbers();
    same([cursors('sort_by=by_modified&kwords=tender | other', 400)],
         [sorted('by_modified', 1, @all)], 'afterwards all is in order');
}
